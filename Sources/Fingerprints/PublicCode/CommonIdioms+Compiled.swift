extension CommonIdioms {
    static let java = #"""
        package com.example.app;
        import java.io.IOException;
        import java.util.ArrayList;
        import java.util.Collections;
        import java.util.HashMap;
        import java.util.List;
        import java.util.Map;
        import java.util.Objects;
        public class Point implements Comparable<Point>, Serializable {
            private static final long serialVersionUID = 1L;
            private static final Logger logger = LoggerFactory.getLogger(Point.class);
            private final int x;
            private final String name;
            public Point(int x, String name) {
                this.x = x;
                this.name = name;
            }
            public Point(String name, List<String> items, Map<String, Object> options) {
                this.name = name;
                this.items = items;
                this.options = options;
            }
            @Override
            public boolean equals(Object o) {
                if (this == o) return true;
                if (o == null || getClass() != o.getClass()) return false;
                Point that = (Point) o;
                return x == that.x && Objects.equals(name, that.name);
            }
            @Override
            public boolean equals(Object o) {
                if (this == o) {
                    return true;
                }
                if (o == null || getClass() != o.getClass()) {
                    return false;
                }
                Point point = (Point) o;
                return Objects.equals(name, point.name) && Objects.equals(other, point.other) && x == point.x;
            }
            @Override
            public boolean equals(Object obj) {
                if (this == obj)
                    return true;
                if (obj == null)
                    return false;
                if (getClass() != obj.getClass())
                    return false;
                Point other = (Point) obj;
                if (name == null) {
                    if (other.name != null)
                        return false;
                } else if (!name.equals(other.name))
                    return false;
                return true;
            }
            @Override
            public boolean equals(Object obj) {
                if (!(obj instanceof Point)) {
                    return false;
                }
                Point other = (Point) obj;
                return this.name.equals(other.name);
            }
            @Override
            public int hashCode() {
                return Objects.hash(x, name);
            }
            @Override
            public int hashCode() {
                final int prime = 31;
                int result = 1;
                result = prime * result + ((name == null) ? 0 : name.hashCode());
                result = 31 * result + (name != null ? name.hashCode() : 0);
                result = 31 * result + x;
                return result;
            }
            @Override
            public String toString() {
                return "Point{" + "x=" + x + ", name='" + name + "'" + '}';
            }
            @Override
            public String toString() {
                StringBuilder sb = new StringBuilder();
                for (int i = 0; i < list.size(); i++) {
                    if (i > 0) {
                        sb.append(", ");
                    }
                    sb.append(list.get(i));
                }
                return sb.toString();
            }
            @Override
            public int compareTo(Point o) {
                return Integer.compare(this.x, o.x);
            }
            @Override
            public void close() throws IOException {
                if (in != null) {
                    in.close();
                }
            }
            @Override
            public Iterator<T> iterator() {
                return new Iterator<T>() {
                    @Override
                    public boolean hasNext() {
                        return index < size;
                    }
                    @Override
                    public T next() {
                        if (!hasNext()) {
                            throw new NoSuchElementException();
                        }
                        return items[index++];
                    }
                    @Override
                    public void remove() {
                        throw new UnsupportedOperationException();
                    }
                };
            }
            public static void main(String[] args) throws Exception {
                if (args.length < 1) {
                    System.err.println("Usage: java Main <file>");
                    System.exit(1);
                }
                System.out.println("done");
            }
            public static Point getInstance() {
                if (instance == null) {
                    synchronized (Point.class) {
                        if (instance == null) {
                            instance = new Point();
                        }
                    }
                }
                return instance;
            }
            public boolean isEmpty() {
                return items.isEmpty();
            }
            public Builder name(String name) {
                this.name = name;
                return this;
            }
            public Point build() {
                return new Point(this);
            }
            void examples() {
                try {
                    run();
                } catch (IOException e) {
                    e.printStackTrace();
                } finally {
                    lock.unlock();
                }
                try {
                    Thread.sleep(1000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RuntimeException(e);
                }
                try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                    String line;
                    while ((line = reader.readLine()) != null) {
                        lines.add(line);
                    }
                }
                if (value == null) {
                    throw new IllegalArgumentException("value must not be null");
                }
                if (LOG.isDebugEnabled()) {
                    LOG.debug("value {}", value);
                }
                for (int i = 0; i < array.length; i++) {
                    for (int j = 0; j < array[i].length; j++) {
                        sum += array[i][j];
                    }
                }
                for (Map.Entry<String, Object> entry : map.entrySet()) {
                    String key = entry.getKey();
                    Object value = entry.getValue();
                    result.put(entry.getKey(), entry.getValue());
                }
                List<String> names = items.stream().filter(Objects::nonNull).map(Item::getName)
                    .collect(Collectors.toList());
                executor.submit(new Runnable() {
                    @Override
                    public void run() {
                        work();
                    }
                });
                switch (type) {
                    case 1:
                        return "one";
                    case 2:
                        return "two";
                    default:
                        throw new IllegalStateException("unknown type: " + type);
                }
            }
            @Before
            public void setUp() throws Exception {
                client = new Client();
            }
            @After
            public void tearDown() throws Exception {
                client.close();
            }
            @Test
            public void testValue() {
                assertEquals(1, subject.size());
                assertEquals("one", subject.get(0).name());
                assertTrue(subject.contains("one"));
                assertFalse(subject.isEmpty());
                assertNotNull(subject.get("one"));
                assertNull(subject.get("two"));
            }
            @Test(expected = IllegalArgumentException.class)
            public void testFailure() throws Exception {
                subject.run(null);
            }
        }
        public enum Level {
            LOW("low", 1),
            HIGH("high", 2);
            private final String name;
            private final int value;
            Level(String name, int value) {
                this.name = name;
                this.value = value;
            }
            public static Level fromName(String name) {
                for (Level level : values()) {
                    if (level.name.equals(name)) {
                        return level;
                    }
                }
                return null;
            }
        }
        @RestController
        @RequestMapping("/api/items")
        public class ItemController {
            private final ItemService service;
            @Autowired
            public ItemController(ItemService service) {
                this.service = service;
            }
            @GetMapping("/{id}")
            public ResponseEntity<Item> get(@PathVariable Long id) {
                return service.findById(id).map(ResponseEntity::ok).orElse(ResponseEntity.notFound().build());
            }
            @PostMapping
            public ResponseEntity<Item> create(@Valid @RequestBody Item item) {
                return ResponseEntity.status(HttpStatus.CREATED).body(service.save(item));
            }
        }
        """#

    static let go = #"""
        package main
        import (
        	"context"
        	"encoding/json"
        	"errors"
        	"fmt"
        	"io"
        	"io/ioutil"
        	"log"
        	"net/http"
        	"os"
        	"strings"
        	"sync"
        	"testing"
        	"time"
        )
        func main() {
        	flag.Parse()
        	if len(os.Args) < 2 {
        		fmt.Fprintf(os.Stderr, "usage: %s <file>\n", os.Args[0])
        		os.Exit(1)
        	}
        	if err := run(context.Background()); err != nil {
        		fmt.Fprintln(os.Stderr, err)
        		os.Exit(1)
        	}
        	if err != nil {
        		log.Fatalf("failed: %v", err)
        	}
        	sigs := make(chan os.Signal, 1)
        	signal.Notify(sigs, syscall.SIGINT, syscall.SIGTERM)
        	<-sigs
        }
        type Store struct {
        	mu    sync.Mutex
        	items map[string]int
        }
        func NewStore(name string, size int) *Store {
        	return &Store{
        		name: name,
        		size: size,
        		items: make(map[string]int),
        	}
        }
        func (s *Store) Get(key string) (int, bool) {
        	s.mu.RLock()
        	defer s.mu.RUnlock()
        	v, ok := s.items[key]
        	return v, ok
        }
        func (s *Store) Set(key string, value int) {
        	s.mu.Lock()
        	defer s.mu.Unlock()
        	s.items[key] = value
        }
        func (s *Store) Delete(key string) error {
        	s.mu.Lock()
        	defer s.mu.Unlock()
        	if _, ok := s.items[key]; !ok {
        		return ErrNotFound
        	}
        	delete(s.items, key)
        	return nil
        }
        func (s *Store) Close() error {
        	s.mu.Lock()
        	defer s.mu.Unlock()
        	if s.closed {
        		return nil
        	}
        	s.closed = true
        	return s.conn.Close()
        }
        func (s *Store) Name() string {
        	return s.name
        }
        func (s *Store) String() string {
        	return fmt.Sprintf("store %s: %d", s.name, s.size)
        }
        func (m *Message) GetName() string {
        	if m != nil {
        		return m.Name
        	}
        	return ""
        }
        func (m *Message) GetSize() int32 {
        	if x != nil && x.Size != nil {
        		return *x.Size
        	}
        	return 0
        }
        func (k Kind) String() string {
        	switch k {
        	case First:
        		return "first"
        	case Second:
        		return "second"
        	default:
        		return fmt.Sprintf("unknown (%d)", k)
        	}
        }
        func (a byName) Len() int           { return len(a) }
        func (a byName) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
        func (a byName) Less(i, j int) bool { return a[i].Name < a[j].Name }
        func equal(a, b []string) bool {
        	if len(a) != len(b) {
        		return false
        	}
        	for i := range a {
        		if a[i] != b[i] {
        			return false
        		}
        	}
        	return true
        }
        func contains(list []string, s string) bool {
        	for _, item := range list {
        		if item == s {
        			return true
        		}
        	}
        	return false
        }
        func load(ctx context.Context, path string) (*Config, error) {
        	f, err := os.Open(path)
        	if err != nil {
        		return nil, err
        	}
        	defer f.Close()
        	data, err := ioutil.ReadAll(f)
        	if err != nil {
        		return nil, fmt.Errorf("failed to read %s: %w", path, err)
        	}
        	var config Config
        	if err := json.Unmarshal(data, &config); err != nil {
        		return nil, fmt.Errorf("failed to parse %s: %w", path, err)
        	}
        	if err := json.NewDecoder(f).Decode(&config); err != nil {
        		return nil, errors.Wrap(err, "decode")
        	}
        	value, err := config.Get(ctx, "name")
        	if err != nil {
        		return nil, err
        	}
        	if err = value.Check(); err != nil {
        		return nil, err
        	}
        	_, err = f.Write(data)
        	if err != nil {
        		return nil, err
        	}
        	if err := f.Close(); err != nil {
        		return nil, err
        	}
        	return &config, nil
        }
        func handle(w http.ResponseWriter, r *http.Request) {
        	if r.Method != http.MethodPost {
        		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
        		return
        	}
        	body, err := ioutil.ReadAll(r.Body)
        	if err != nil {
        		http.Error(w, err.Error(), http.StatusInternalServerError)
        		return
        	}
        	w.Header().Set("Content-Type", "application/json")
        	w.WriteHeader(http.StatusOK)
        	w.Write(body)
        	if err := json.NewEncoder(w).Encode(body); err != nil {
        		http.Error(w, err.Error(), http.StatusInternalServerError)
        		return
        	}
        }
        func loop(ctx context.Context) error {
        	var wg sync.WaitGroup
        	for i := 0; i < 10; i++ {
        		wg.Add(1)
        		go func() {
        			defer wg.Done()
        			work()
        		}()
        	}
        	wg.Wait()
        	ticker := time.NewTicker(time.Second)
        	defer ticker.Stop()
        	for {
        		select {
        		case <-ctx.Done():
        			return ctx.Err()
        		case <-ticker.C:
        			work()
        		case v, ok := <-ch:
        			if !ok {
        				return nil
        			}
        			results <- v
        		case err := <-errc:
        			return err
        		}
        	}
        }
        func convert(options []interface{}) []string {
        	out := make([]string, len(options))
        	for i, v := range options {
        		out[i] = v.(string)
        	}
        	keys := make([]string, 0, len(m))
        	for k := range m {
        		keys = append(keys, k)
        	}
        	sort.Strings(keys)
        	copied := make(map[string]string, len(m))
        	for k, v := range m {
        		copied[k] = v
        	}
        	for _, option := range options {
        		switch x := option.(type) {
        		case string:
        			out = append(out, x)
        		case int:
        			out = append(out, strconv.Itoa(x))
        		}
        	}
        	return out
        }
        func TestStore(t *testing.T) {
        	tests := []struct {
        		name    string
        		input   string
        		want    string
        		wantErr bool
        	}{
        		{name: "empty", input: "", want: "", wantErr: true},
        		{name: "one", input: "a", want: "b"},
        	}
        	for _, tt := range tests {
        		t.Run(tt.name, func(t *testing.T) {
        			got, err := convert(tt.input)
        			if (err != nil) != tt.wantErr {
        				t.Errorf("convert() error = %v, wantErr %v", err, tt.wantErr)
        				return
        			}
        			if got != tt.want {
        				t.Errorf("convert() = %v, want %v", got, tt.want)
        			}
        			if !reflect.DeepEqual(got, tt.want) {
        				t.Fatalf("got %v, want %v", got, tt.want)
        			}
        		})
        	}
        	for i, tc := range cases {
        		got := run(tc.in)
        		if got != tc.out {
        			t.Errorf("%d: got %q, want %q", i, got, tc.out)
        		}
        	}
        	if err := store.Put("key", value); err != nil {
        		t.Fatal(err)
        	}
        	result, err := store.Get("key")
        	if err != nil {
        		t.Fatal(err)
        	}
        	require.NoError(t, err)
        	assert.NoError(t, err)
        	assert.Equal(t, 1, result.Size)
        	assert.Equal(t, "one", result.Name)
        	assert.Len(t, result.Items, 2)
        	assert.Len(t, result.Others, 1)
        	assert.Nil(t, err)
        	assert.Equal(t, "two", result.Value())
        }
        """#

    static let c = #"""
        #ifndef EXAMPLE_H
        #define EXAMPLE_H
        #ifdef __cplusplus
        extern "C" {
        #endif
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <stdint.h>
        #include <stdbool.h>
        #include <errno.h>
        #include <unistd.h>
        #include <sys/types.h>
        #include <sys/socket.h>
        #include <netinet/in.h>
        #include <arpa/inet.h>
        #define MIN(a, b) ((a) < (b) ? (a) : (b))
        #define MAX(a, b) ((a) > (b) ? (a) : (b))
        #define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
        #define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
        struct node {
            int value;
            struct node *next;
            struct node *prev;
        };
        int main(int argc, char **argv) {
            int i;
            if (argc < 2) {
                fprintf(stderr, "usage: %s <file>\n", argv[0]);
                return EXIT_FAILURE;
            }
            if (argc != 2) {
                fprintf(stderr, "Usage: %s FILE\n", argv[0]);
                exit(1);
            }
            struct state *state = calloc(1, sizeof(*state));
            if (state == NULL) {
                perror("calloc");
                return EXIT_FAILURE;
            }
            while ((opt = getopt(argc, argv, "hv:o:")) != -1) {
                switch (opt) {
                case 'h':
                    usage(argv[0]);
                    exit(0);
                case 'v':
                    verbose = atoi(optarg);
                    break;
                default:
                    usage(argv[0]);
                    exit(1);
                }
            }
            for (i = 1; i < argc; i++) {
                if (!strcmp(argv[i], "-v")) {
                    verbose = 1;
                } else if (strcmp(argv[i], "--help") == 0) {
                    usage(argv[0]);
                }
            }
            int rc = state_init(state, argv[1]);
            free(state);
            return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
        static struct node *node_new(int value) {
            struct node *n = malloc(sizeof(struct node));
            if (!n)
                return NULL;
            memset(n, 0, sizeof(*n));
            n->value = value;
            n->next = NULL;
            return n;
        }
        void node_free(struct node *head) {
            struct node *cur = head;
            while (cur != NULL) {
                struct node *next = cur->next;
                free(cur->data);
                free(cur);
                cur = next;
            }
            for (cur = head; cur; cur = cur->next) {
                if (cur->value == value)
                    return cur;
            }
        }
        const char *kind_to_string(enum kind kind) {
            switch (kind) {
            case KIND_ONE:
                return "one";
            case KIND_TWO:
                return "two";
            default:
                return "unknown";
            }
        }
        static int transfer(struct device *dev, uint8_t *buf, size_t len) {
            int ret;
            if (!dev || !buf)
                return -EINVAL;
            ret = device_lock(dev);
            if (ret)
                return ret;
            ret = device_write(dev, buf, len);
            if (ret < 0) {
                printf("%s: failed (%d)\n", __func__, ret);
                goto out;
            }
            if (ret != 0) {
                ERROR("failed: %d\n", ret);
                goto err;
            }
            while (len > 0) {
                ssize_t n = write(fd, buf, len);
                if (n < 0) {
                    if (errno == EINTR)
                        continue;
                    return -1;
                }
                buf += n;
                len -= n;
            }
            while (timeout--) {
                if (readl(dev->base + STATUS) & READY)
                    break;
                udelay(1);
            }
            for (i = 0; i < ARRAY_SIZE(table); i++) {
                if (table[i].id == id)
                    return &table[i];
            }
            for (i = 0; i < len; i++) {
                printf("%02x ", buf[i]);
            }
            reg = readl(base + CONTROL);
            reg &= ~(MASK << SHIFT);
            reg |= (value & MASK) << SHIFT;
            writel(reg, base + CONTROL);
        out:
            device_unlock(dev);
            return ret;
        err:
            free(buf);
            return -1;
        }
        static const struct ops device_ops = {
            .open = device_open,
            .close = device_close,
            .read = device_read,
            .write = device_write,
        };
        struct callbacks {
            int (*open)(struct device *dev);
            void (*close)(struct device *dev);
            int (*read)(struct device *dev, void *buf, size_t len);
            int (*write)(struct device *dev, const void *buf, size_t len);
        };
        static int connect_to(const char *host, int port) {
            int fd = socket(AF_INET, SOCK_STREAM, 0);
            if (fd < 0) {
                perror("socket");
                return -1;
            }
            struct sockaddr_in addr;
            memset(&addr, 0, sizeof(addr));
            addr.sin_family = AF_INET;
            addr.sin_port = htons(port);
            addr.sin_addr.s_addr = htonl(INADDR_ANY);
            if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) {
                close(fd);
                return -1;
            }
            if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
                close(fd);
                return -1;
            }
            FILE *f = fopen(path, "r");
            if (f == NULL) {
                fprintf(stderr, "cannot open %s: %s\n", path, strerror(errno));
                return -1;
            }
            while (fgets(line, sizeof(line), f) != NULL) {
                count++;
            }
            fclose(f);
            pthread_mutex_lock(&lock);
            pthread_mutex_unlock(&lock);
            return fd;
        }
        #ifdef __cplusplus
        }
        #endif
        #endif /* EXAMPLE_H */
        """#

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

    static let rust = #"""
        use std::collections::HashMap;
        use std::error::Error;
        use std::fmt;
        use std::fs::File;
        use std::io::{self, BufRead, BufReader, Read, Write};
        use std::path::{Path, PathBuf};
        use std::sync::{Arc, Mutex};
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
        pub struct Item {
            pub name: String,
            pub size: u64,
        }
        impl Item {
            pub fn new(name: impl Into<String>, size: u64) -> Self {
                Self { name: name.into(), size }
            }
            pub fn new(name: String, size: usize) -> Item {
                Item {
                    name,
                    size,
                    items: Vec::new(),
                }
            }
            pub fn name(&self) -> &str {
                &self.name
            }
            pub fn size(&self) -> u64 {
                self.size
            }
            pub fn is_empty(&self) -> bool {
                self.items.is_empty()
            }
            pub fn with_name(mut self, name: &str) -> Self {
                self.name = name.to_string();
                self
            }
            pub fn set_size(&mut self, size: u64) -> &mut Item {
                self.size = size;
                self
            }
        }
        impl fmt::Display for Item {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}: {}", self.name, self.size)
            }
        }
        impl std::fmt::Display for Item {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Item::One => write!(f, "one"),
                    Item::Two(ref value) => write!(f, "two {}", value),
                    Item::Three(err) => err.fmt(f),
                }
            }
        }
        impl fmt::Debug for Item {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.debug_struct("Item").field("name", &self.name).field("size", &self.size).finish()
            }
        }
        impl Error for ItemError {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                match self {
                    ItemError::Io(err) => Some(err),
                    _ => None,
                }
            }
        }
        impl From<io::Error> for ItemError {
            fn from(err: io::Error) -> Self {
                ItemError::Io(err)
            }
        }
        impl Default for Item {
            fn default() -> Self {
                Self::new()
            }
        }
        impl Drop for Item {
            fn drop(&mut self) {
                self.close();
            }
        }
        impl Deref for Item {
            type Target = [u8];
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
        impl FromStr for Item {
            type Err = ItemError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s {
                    "one" => Ok(Item::One),
                    "two" => Ok(Item::Two),
                    _ => Err(ItemError::Unknown(s.to_string())),
                }
            }
        }
        impl<'a> Iterator for Items<'a> {
            type Item = &'a str;
            fn next(&mut self) -> Option<Self::Item> {
                self.inner.next()
            }
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }
        }
        fn main() -> Result<(), Box<dyn Error>> {
            let args: Vec<String> = std::env::args().collect();
            if args.len() < 2 {
                eprintln!("usage: {} <file>", args[0]);
                std::process::exit(1);
            }
            if let Err(err) = run() {
                eprintln!("error: {}", err);
                std::process::exit(1);
            }
            let file = File::open(&args[1])?;
            for line in BufReader::new(file).lines() {
                let line = line?;
                println!("{}", line);
            }
            let value = match map.get(&key) {
                Some(value) => value,
                None => return None,
            };
            let result = match parse(text) {
                Ok(result) => result,
                Err(err) => return Err(err.into()),
            };
            let shared = Arc::new(Mutex::new(HashMap::new()));
            let names: Vec<String> = items.iter().map(|x| x.to_string()).collect();
            let total: u64 = items.iter().filter(|x| x.size > 0).map(|x| x.size).sum();
            Ok(())
        }
        #[cfg(test)]
        mod tests {
            use super::*;
            #[test]
            fn it_works() {
                assert_eq!(add(1, 2), 3);
                assert_eq!(item.name(), "one");
                assert!(item.is_empty());
                assert!(matches!(item, Item::One));
            }
        }
        """#

    static let cSharp = #"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Text;
        using System.Threading.Tasks;
        namespace Example
        {
            public class Item : IDisposable, INotifyPropertyChanged
            {
                private string name;
                private readonly ILogger<Item> _logger;
                public event PropertyChangedEventHandler PropertyChanged;
                public int Id { get; set; }
                public string Name { get; set; }
                public List<string> Items { get; set; }
                public string Title
                {
                    get { return name; }
                    set
                    {
                        if (name == value) return;
                        name = value;
                        OnPropertyChanged("Title");
                    }
                }
                public int Size
                {
                    get { return size; }
                    set { size = value; }
                }
                public Item(string name, int size)
                {
                    this.name = name;
                    this.size = size;
                }
                protected void OnPropertyChanged(string name)
                {
                    PropertyChangedEventHandler handler = PropertyChanged;
                    if (handler != null) handler(this, new PropertyChangedEventArgs(name));
                }
                public override bool Equals(object obj)
                {
                    if (obj == null || GetType() != obj.GetType()) return false;
                    Item other = obj as Item;
                    if (other == null) return false;
                    return name == other.name;
                }
                public override int GetHashCode()
                {
                    return name.GetHashCode();
                }
                public override string ToString()
                {
                    return string.Format("{0}: {1}", name, size);
                }
                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }
                protected override void Dispose(bool disposing)
                {
                    if (disposing && (components != null))
                    {
                        components.Dispose();
                    }
                    base.Dispose(disposing);
                }
                private void InitializeComponent()
                {
                    this.button = new System.Windows.Forms.Button();
                    this.label = new System.Windows.Forms.Label();
                    this.SuspendLayout();
                    // button
                    this.button.Anchor = ((System.Windows.Forms.AnchorStyles)((System.Windows.Forms.AnchorStyles.Bottom | System.Windows.Forms.AnchorStyles.Right)));
                    this.button.DialogResult = System.Windows.Forms.DialogResult.OK;
                    this.button.Location = new System.Drawing.Point(10, 10);
                    this.button.Name = "button";
                    this.button.Size = new System.Drawing.Size(75, 23);
                    this.button.TabIndex = 1;
                    this.button.Text = "OK";
                    this.button.UseVisualStyleBackColor = true;
                    this.button.Click += new System.EventHandler(this.OnClick);
                    // label
                    this.label.AutoSize = true;
                    this.label.Location = new System.Drawing.Point(10, 10);
                    this.label.Name = "label";
                    this.label.Size = new System.Drawing.Size(75, 13);
                    this.label.TabIndex = 0;
                    this.label.Text = "Label";
                    // Form
                    this.AutoScaleDimensions = new System.Drawing.SizeF(6F, 13F);
                    this.AutoScaleMode = System.Windows.Forms.AutoScaleMode.Font;
                    this.ClientSize = new System.Drawing.Size(284, 261);
                    this.Controls.Add(this.button);
                    this.Controls.Add(this.label);
                    this.FormBorderStyle = System.Windows.Forms.FormBorderStyle.FixedDialog;
                    this.MaximizeBox = false;
                    this.MinimizeBox = false;
                    this.Name = "Form";
                    this.ShowInTaskbar = false;
                    this.StartPosition = System.Windows.Forms.FormStartPosition.CenterScreen;
                    this.Text = "Form";
                    this.ResumeLayout(false);
                    this.PerformLayout();
                }
                private void OnClick(object sender, EventArgs e)
                {
                    try
                    {
                        Run();
                    }
                    catch (Exception ex)
                    {
                        MessageBox.Show(ex.Message);
                    }
                }
                public static void Main(string[] args)
                {
                    if (args.Length < 1)
                    {
                        Console.WriteLine("usage");
                        return;
                    }
                    using (StreamReader reader = new StreamReader(path))
                    {
                        string line;
                        while ((line = reader.ReadLine()) != null)
                        {
                            Console.WriteLine(line);
                        }
                    }
                    for (int i = 0; i < items.Length; i++)
                    {
                        items[i] = null;
                    }
                    foreach (var item in items)
                    {
                        Console.WriteLine(item.Name);
                    }
                    if (name == null)
                    {
                        throw new ArgumentNullException("name");
                    }
                }
            }
        }
        """#

    static let verilog = #"""
        `timescale 1ns / 1ps
        module fifo #(
            parameter WIDTH = 8,
            parameter DEPTH = 16
        ) (
            input  wire             clk,
            input  wire             rst_n,
            input  wire             wr_en,
            input  wire [WIDTH-1:0] din,
            output reg  [WIDTH-1:0] dout,
            output wire             full,
            output wire             empty
        );
            reg [WIDTH-1:0] mem [0:DEPTH-1];
            reg [7:0] count;
            always @(posedge clk or negedge rst_n) begin
                if (!rst_n) begin
                    count <= 0;
                end else begin
                    if (wr_en && !full) count <= count + 1;
                    if (rd_en && !empty) count <= count - 1;
                end
            end
            always @(posedge clk) begin
                if (rst)
                    q <= 0;
                else if (en)
                    q <= d;
            end
            always @* begin
                case (state)
                    2'b00: next = 2'b01;
                    2'b01: next = 2'b10;
                    default: next = 2'b00;
                endcase
            end
            assign full  = (count == DEPTH);
            assign empty = (count == 0);
        endmodule
        module test;
            reg clk = 0;
            always #5 clk = ~clk;
            integer i;
            initial begin
                $dumpfile("dump.vcd");
                $dumpvars(0, test);
                for (i = 0; i < 16; i = i + 1) begin
                    mem[i] = 0;
                end
                if (value !== expected) begin
                    $display("error: %d", value);
                    $stop;
                end
                $finish;
            end
        endmodule
        """#
}
