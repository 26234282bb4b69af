extension CommonIdioms {
    static let cpp = #"""
        #pragma once
        #include <algorithm>
        #include <iostream>
        #include <map>
        #include <memory>
        #include <string>
        #include <utility>
        #include <vector>
        namespace example {
        class Table {
         public:
          Table();
          explicit Table(std::string name);
          explicit Table(const std::string& name) : name_(name), size_(0) {}
          virtual ~Table();
          virtual ~Table() = default;
          Table(const Table&) = delete;
          Table& operator=(const Table&) = delete;
          Table(Table&&) = default;
          Table& operator=(Table&&) = default;
          Table(const Table& other);
          Table& operator=(const Table& other) {
            if (this != &other) {
              name_ = other.name_;
            }
            return *this;
          }
          const std::string& name() const { return name_; }
          void set_name(const std::string& name) { name_ = name; }
          int size() const { return size_; }
          void set_size(int size) { size_ = size; }
          bool empty() const { return items_.empty(); }
          bool operator==(const Table& other) const { return name_ == other.name_ && size_ == other.size_; }
          bool operator!=(const Table& other) const { return !(*this == other); }
          bool operator<(const Table& other) const { return name_ < other.name_; }
          iterator begin() { return items_.begin(); }
          iterator end() { return items_.end(); }
          const_iterator begin() const { return items_.begin(); }
          const_iterator end() const { return items_.end(); }
          static Table& instance() {
            static Table table;
            return table;
          }
         private:
          std::string name_;
          int size_;
          std::vector<std::unique_ptr<Table>> items_;
          std::map<std::string, int> index_;
          mutable std::mutex mutex_;
        };
        std::ostream& operator<<(std::ostream& os, const Table& table) {
          os << table.name() << ": " << table.size() << std::endl;
          return os;
        }
        template <typename T>
        void Queue<T>::push(T value) {
          std::lock_guard<std::mutex> lock(mutex_);
          queue_.push(std::move(value));
          cond_.notify_one();
        }
        template <typename T>
        T Queue<T>::pop() {
          std::unique_lock<std::mutex> lock(mutex_);
          cond_.wait(lock, [this] { return !queue_.empty(); });
          T value = std::move(queue_.front());
          queue_.pop();
          return value;
        }
        void examples(const std::vector<int>& values) {
          for (size_t i = 0; i < values.size(); ++i) {
            if (i > 0) out << ", ";
            out << values[i];
          }
          for (std::vector<int>::const_iterator it = values.begin(); it != values.end(); ++it) {
            sum += *it;
          }
          for (const auto& entry : index) {
            std::cout << entry.first << ": " << entry.second << std::endl;
          }
          auto it = index.find(key);
          if (it == index.end()) {
            return nullptr;
          }
          return it->second;
          std::vector<int> first;
          std::vector<int> second;
          std::vector<int> third;
          try {
            run();
          } catch (const std::exception& e) {
            std::cerr << "error: " << e.what() << std::endl;
            return 1;
          }
          std::sort(values.begin(), values.end(), [](const Item& a, const Item& b) { return a.size < b.size; });
        }
        }  // namespace example
        """#
}
