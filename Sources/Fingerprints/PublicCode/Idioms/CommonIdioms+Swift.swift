extension CommonIdioms {
    static let swift = #"""
        import Foundation
        import SwiftUI
        import XCTest
        struct Item: Codable, Equatable, Hashable, Identifiable {
            let id: UUID
            var name: String
            var size: Int
            var date: Date?
            enum CodingKeys: String, CodingKey {
                case id
                case name
                case size = "item_size"
            }
            init(name: String, size: Int) {
                self.name = name
                self.size = size
            }
            init(from decoder: Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                name = try container.decode(String.self, forKey: .name)
                size = try container.decodeIfPresent(Int.self, forKey: .size) ?? 0
            }
            func encode(to encoder: Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(name, forKey: .name)
                try container.encode(size, forKey: .size)
            }
            static func == (lhs: Item, rhs: Item) -> Bool {
                return lhs.name == rhs.name && lhs.size == rhs.size
            }
            func hash(into hasher: inout Hasher) {
                hasher.combine(name)
                hasher.combine(size)
            }
            var description: String {
                return "\(name): \(size)"
            }
        }
        final class ItemService {
            static let shared = ItemService()
            private let session: URLSession
            private let lock = NSLock()
            init(session: URLSession = .shared) {
                self.session = session
            }
            func fetch() async throws -> [Item] {
                let (data, response) = try await session.data(from: url)
                guard let http = response as? HTTPURLResponse, http.statusCode == 200 else {
                    throw URLError(.badServerResponse)
                }
                return try JSONDecoder().decode([Item].self, from: data)
            }
            func load(completion: @escaping (Result<Item, Error>) -> Void) {
                let task = session.dataTask(with: url) { data, response, error in
                    if let error = error {
                        completion(.failure(error))
                        return
                    }
                    guard let data = data else { return }
                    DispatchQueue.main.async {
                        completion(.success(item))
                    }
                }
                task.resume()
            }
            func update() {
                self.lock.lock()
                defer { self.lock.unlock() }
                switch self.state {
                case .idle:
                    break
                case .running(let value):
                    print(value)
                case .failed(let error):
                    print("error: \(error)")
                }
                guard let self = self else { return }
                if let index = items.firstIndex(where: { $0.id == item.id }) {
                    items[index] = item
                }
            }
        }
        public struct Items: Sequence {
            public typealias Element = Int
            public func makeIterator() -> Iterator {
                return Iterator(self)
            }
            public struct Iterator: IteratorProtocol {
                public mutating func next() -> Int? {
                    guard index < items.count else { return nil }
                    defer { index += 1 }
                    return items[index]
                }
            }
        }
        struct ContentView: View {
            @State private var items: [Item] = []
            @StateObject private var model = Model()
            var body: some View {
                NavigationView {
                    List(items) { item in
                        Text(item.name)
                    }
                    .navigationTitle("Items")
                }
            }
        }
        final class ItemTests: XCTestCase {
            override func setUp() {
                super.setUp()
            }
            override func tearDown() {
                super.tearDown()
            }
            func testExample() throws {
                XCTAssertEqual(item.name, "one")
                XCTAssertEqual(item.size, 2)
                XCTAssertTrue(item.isEmpty)
                XCTAssertNil(item.date)
                XCTAssertNoThrow(try item.run())
                XCTAssertThrowsError(try item.run()) { error in
                    XCTAssertEqual(error as? ItemError, .failed)
                }
            }
        }
        public struct StoreError: Error, Equatable {
            private enum Kind {
                case notFound
                case invalidName
                case closed
            }
            private let kind: Kind
            public static let notFound = StoreError(kind: .notFound)
            public static let invalidName = StoreError(kind: .invalidName)
            public static let closed = StoreError(kind: .closed)
        }
        """#
}
