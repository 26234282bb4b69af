extension CommonIdioms {
    static let python = #"""
        #!/usr/bin/env python3
        import argparse
        import collections
        import json
        import logging
        import os
        import re
        import subprocess
        import sys
        import time
        from dataclasses import dataclass
        from typing import Any, Dict, List, Optional, Tuple, Union
        logger = logging.getLogger(__name__)
        class Item(Base):
            def __init__(self, name, size=None):
                self.name = name
                self.size = size
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                super(Item, self).__init__(*args, **kwargs)
                Base.__init__(self, *args, **kwargs)
            def __repr__(self):
                return "<%s %r>" % (self.__class__.__name__, self.name)
            def __repr__(self) -> str:
                return f"{self.__class__.__name__}({self.name!r}, {self.size!r})"
            def __str__(self):
                return self.name
            def __eq__(self, other):
                return isinstance(other, Item) and self.name == other.name
            def __eq__(self, other: Any) -> bool:
                if not isinstance(other, self.__class__):
                    return NotImplemented
                return self.name == other.name
            def __ne__(self, other):
                return not self == other
            def __hash__(self):
                return hash((self.name, self.size))
            def __len__(self) -> int:
                return len(self.items)
            def __iter__(self):
                return iter(self.items)
            def __getitem__(self, key):
                return self.items[key]
            def __enter__(self):
                return self
            def __exit__(self, exc_type, exc_value, traceback):
                self.close()
            def __enter__(self) -> "Item":
                return self
            def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
                self.close()
            @property
            def name(self):
                return self._name
            @name.setter
            def name(self, value):
                self._name = value
            @property
            def size(self) -> int:
                return self._size
            @classmethod
            def create(cls, *args, **kwargs):
                return cls(*args, **kwargs)
            @staticmethod
            def parse(text: str) -> Optional["Item"]:
                return None
        @dataclass
        class Point:
            x: int = 0
            y: int = 0
            name: Optional[str] = None
            items: List[str] = field(default_factory=list)
        def decorator(func):
            @functools.wraps(func)
            def wrapper(*args, **kwargs):
                return func(*args, **kwargs)
            return wrapper
        def load(path):
            with open(path, encoding="utf-8") as f:
                return json.load(f)
            with open(path, "r") as f:
                for line in f:
                    line = line.strip()
                    if not line or line.startswith("#"):
                        continue
                    key, value = line.split("=", 1)
                    result[key.strip()] = value.strip()
            try:
                import simplejson as json
            except ImportError:
                import json
            try:
                os.makedirs(path)
            except OSError as e:
                if e.errno != errno.EEXIST:
                    raise
            if isinstance(value, str):
                value = value.encode("utf-8")
            elif isinstance(value, (list, tuple)):
                value = [str(v) for v in value]
            elif isinstance(value, dict):
                return {k: convert(v) for k, v in value.items()}
            for key, value in sorted(options.items()):
                if value is not None:
                    result[key] = value
            for i, item in enumerate(items):
                print(i, item)
            if name is None:
                raise ValueError("name is required")
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, err = process.communicate()
            if process.returncode != 0:
                raise RuntimeError(err)
            return os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
        def main(argv=None):
            parser = argparse.ArgumentParser(description=__doc__)
            parser.add_argument("path", help="the file to read")
            parser.add_argument("-v", "--verbose", action="store_true", help="be verbose")
            parser.add_argument("--count", type=int, default=10)
            args = parser.parse_args(argv)
            logging.basicConfig(level=logging.DEBUG if args.verbose else logging.INFO)
            return 0
        if __name__ == "__main__":
            sys.exit(main())
        if __name__ == "__main__":
            main()
        class TestItem(unittest.TestCase):
            def setUp(self):
                self.item = Item()
            def tearDown(self):
                self.item.close()
            def test_name(self):
                result = self.item.name(1)
                self.assertEqual(result, 1)
                self.assertEqual(self.item.size, 2)
                self.assertIsNotNone(result)
                self.assertTrue(result)
                self.assertFalse(result)
                self.assertIn("name", result)
                with self.assertRaises(ValueError):
                    self.item.run()
            def test_status(self):
                r = Response()
                r.status = 200
                self.assertEqual(r.status, 200)
        @pytest.fixture
        def client(app):
            return app.test_client()
        def test_index(client):
            response = client.get("/")
            assert response.status_code == 200
            assert response.json() == {"name": "value"}
            with pytest.raises(ValueError):
                run()
        class Book(models.Model):
            title = models.CharField(max_length=100)
            author = models.ForeignKey(Author, on_delete=models.CASCADE)
            created_at = models.DateTimeField(auto_now_add=True)
            class Meta:
                ordering = ["title"]
            def __str__(self):
                return self.title
        setup(
            name="example",
            version="1.0",
            description="An example",
            long_description=open("README.rst").read(),
            author="Name",
            author_email="name@example.com",
            url="https://example.com",
            packages=find_packages(),
            install_requires=[],
            classifiers=[
                "Development Status :: 5 - Production/Stable",
                "Intended Audience :: Developers",
                "Operating System :: OS Independent",
                "Programming Language :: Python :: 3",
            ],
        )
        extensions = ["sphinx.ext.autodoc", "sphinx.ext.intersphinx", "sphinx.ext.viewcode"]
        html_static_path = ["_static"]
        templates_path = ["_templates"]
        exclude_patterns = ["_build", "Thumbs.db", ".DS_Store"]
        intersphinx_mapping = {"python": ("https://docs.python.org/3/", None)}
        html_sidebars = {
            "index": ["project.html", "localtoc.html", "searchbox.html"],
            "**": ["localtoc.html", "relations.html", "searchbox.html"],
        }
        """#

    static let javaScript = #"""
        "use strict";
        const fs = require("fs");
        const path = require("path");
        const express = require("express");
        import React, { useEffect, useState, useCallback } from "react";
        import { render, screen } from "@testing-library/react";
        export default class Item extends Base {
            constructor(name, options) {
                super(name, options);
                this.name = name;
                this.options = options || {};
                this.items = [];
            }
            get size() {
                return this._size;
            }
            set size(value) {
                this._size = value;
            }
            toString() {
                return `${this.name}: ${this.size}`;
            }
        }
        export class Emitter {
            private listeners: Map<string, Set<Listener>> = new Map();
            constructor(private readonly name: string, public size: number) {}
            on(event: string, listener: Listener): void {
                if (!this.listeners.has(event)) {
                    this.listeners.set(event, new Set());
                }
                this.listeners.get(event)!.add(listener);
            }
            off(event: string, listener: Listener): void {
                this.listeners.get(event)?.delete(listener);
            }
            emit(event: string, ...args: any[]): void {
                this.listeners.get(event)?.forEach((listener) => listener(...args));
            }
        }
        export interface Options {
            name: string;
            size?: number;
            items: string[];
            onChange?: (value: string) => void;
        }
        export const List: React.FC<Props> = ({ id, title }) => {
            const [items, setItems] = useState<Item[]>([]);
            const [loading, setLoading] = useState(true);
            const [error, setError] = useState<string | null>(null);
            useEffect(() => {
                let cancelled = false;
                fetch(`/api/items/${id}`)
                    .then((res) => res.json())
                    .then((data) => {
                        if (!cancelled) setItems(data);
                    })
                    .catch((err) => setError(err.message))
                    .finally(() => setLoading(false));
                return () => {
                    cancelled = true;
                };
            }, [id]);
            if (loading) return <div>Loading...</div>;
            if (error) return <div className="error">{error}</div>;
            return (
                <ul>
                    {items.map((item) => (
                        <li key={item.id}>{item.name}</li>
                    ))}
                </ul>
            );
        };
        const app = express();
        app.use(express.json());
        app.get("/items/:id", async (req, res, next) => {
            try {
                const item = await Item.findById(req.params.id);
                if (!item) {
                    return res.status(404).json({ error: "not found" });
                }
                res.json(item);
            } catch (err) {
                next(err);
            }
        });
        app.listen(3000, () => console.log("listening"));
        function Shape(name, options) {
            if (!(this instanceof Shape)) return new Shape(name, options);
            Base.call(this, name);
            this.name = name;
            var self = this;
            options = options || {};
        }
        Shape.prototype = Object.create(Base.prototype);
        Shape.prototype.constructor = Shape;
        Shape.prototype.setContent = function (content) {
            if (this._content) {
                this._content.update(content);
            }
            return this;
        };
        function examples() {
            for (var i = 0, len = items.length; i < len; i++) {
                if (items[i].name === name) {
                    return items[i];
                }
            }
            for (var key in options) {
                if (Object.prototype.hasOwnProperty.call(options, key)) {
                    result[key] = options[key];
                }
            }
            Object.keys(options).forEach(function (key) {
                result[key] = options[key];
            });
            fs.readFile(file, "utf8", function (err, data) {
                if (err) return callback(err);
                callback(null, JSON.parse(data));
            });
            if (typeof callback === "function") {
                callback(null, result);
            }
            return new Promise((resolve, reject) => {
                setTimeout(resolve, 1000);
                stream.on("end", () => resolve(result));
                stream.on("error", (err) => reject(err));
            });
            const names = items.filter((item) => item.size > 0).map((item) => item.name);
            const total = items.reduce((sum, item) => sum + item.size, 0);
            element.addEventListener("click", function (event) {
                event.preventDefault();
                event.stopPropagation();
            });
            module.exports = { run, stop };
        }
        async function load(url) {
            const response = await fetch(url, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify(data),
            });
            if (!response.ok) {
                throw new Error(`HTTP ${response.status}`);
            }
            return await response.json();
        }
        describe("item", () => {
            beforeEach(() => {
                jest.resetAllMocks();
            });
            it("does something", async () => {
                const wrapper = shallow(<Item />);
                expect(wrapper).toMatchSnapshot();
                expect(wrapper.find("div").length).toBe(1);
                expect(result).toEqual({ name: "value" });
                expect(fn).toHaveBeenCalledTimes(1);
                expect(() => run()).toThrow();
            });
            test("does something else", () => {
                render(<Item name="a" />);
                expect(screen.getByText("a")).toBeInTheDocument();
            });
        });
        export default function reducer(state = initialState, action) {
            switch (action.type) {
                case ADD:
                    return { ...state, items: [...state.items, action.payload] };
                case REMOVE:
                    return { ...state, items: state.items.filter((item) => item.id !== action.id) };
                default:
                    return state;
            }
        }
        module.exports = {
            mode: "production",
            entry: "./src/index.js",
            output: { path: path.resolve(__dirname, "dist"), filename: "[name].js" },
            module: { rules: [{ test: /\.css$/, use: ["style-loader", "css-loader"] }] },
        };
        """#

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
        """#

    static let php = #"""
        <?php
        declare(strict_types=1);
        namespace App\Model;
        use InvalidArgumentException;
        use RuntimeException;
        class Item implements JsonSerializable
        {
            /** @var string */
            private $name;
            private $items = [];
            protected $options = array();
            public function __construct(string $name, array $items = [], LoggerInterface $logger = null)
            {
                $this->name = $name;
                $this->items = $items;
                $this->logger = $logger;
            }
            public function getName(): string
            {
                return $this->name;
            }
            public function setName(string $name): self
            {
                $this->name = $name;
                return $this;
            }
            public function getItems()
            {
                return $this->items;
            }
            public function isEmpty(): bool
            {
                return count($this->items) === 0;
            }
            public static function create(array $data)
            {
                $item = new self($data['name']);
                foreach ($data as $key => $value) {
                    if (isset($this->options[$key])) {
                        $item->options[$key] = $value;
                    }
                }
                return $item;
            }
            public function run($name)
            {
                if (!is_string($name)) {
                    throw new InvalidArgumentException(sprintf('Expected a string, got "%s".', gettype($name)));
                }
                foreach ($this->items as $item) {
                    $result[] = $item->getName();
                }
                foreach ($request->getHeaders() as $name => $value) {
                    $response = $response->withHeader($name, $value);
                }
                if (empty($result)) {
                    return null;
                }
                try {
                    $this->save();
                } catch (\Exception $e) {
                    $this->logger->error($e->getMessage());
                    throw $e;
                }
                return array_map(function ($item) {
                    return $item['name'];
                }, $items);
            }
        }
        class ItemTest extends TestCase
        {
            protected function setUp(): void
            {
                parent::setUp();
                $this->item = new Item('a');
            }
            public function testName(): void
            {
                $this->assertEquals('a', $this->item->getName());
                $this->assertSame('a', $this->item->getName());
                $this->assertTrue($this->item->isEmpty());
                $this->expectException(InvalidArgumentException::class);
            }
        }
        """#

    static let ruby = #"""
        # frozen_string_literal: true
        require 'json'
        require_relative 'item/version'
        module Example
          class Item < Base
            include Comparable
            attr_reader :name, :size
            attr_accessor :options
            def initialize(name, options = {})
              @name = name
              @options = options
              @items = []
            end
            def initialize(app, *args, &block)
              @app = app
              @block = block
            end
            def call(env)
              status, headers, body = @app.call(env)
              [status, headers, body]
            end
            def ==(other)
              other.is_a?(Item) && name == other.name
            end
            def <=>(other)
              name <=> other.name
            end
            def hash
              name.hash
            end
            def to_s
              "#{name}: #{size}"
            end
            def each(&block)
              return to_enum(:each) unless block_given?
              @items.each(&block)
            end
            def method_missing(name, *args, &block)
              if @target.respond_to?(name)
                @target.send(name, *args, &block)
              else
                super
              end
            end
            def respond_to_missing?(name, include_private = false)
              @target.respond_to?(name, include_private) || super
            end
            def self.load(path)
              File.open(path, 'r') do |f|
                f.each_line do |line|
                  next if line.strip.empty?
                  key, value = line.split('=', 2)
                  result[key] = value
                end
              end
              result
            rescue Errno::ENOENT => e
              raise ArgumentError, "cannot read #{path}: #{e.message}"
            end
          end
        end
        describe 'item' do
          before do
            @item = Item.new('a')
          end
          it 'has a name' do
            expect(item.name).to eq('a')
            expect(item).to be_empty
            expect { item.run }.to raise_error(ArgumentError)
          end
        end
        class TestItem < Minitest::Test
          def setup
            @item = Item.new
          end
          def test_name
            assert_equal 'a', @item.name
            refute_nil @item.size
            assert_raises(ArgumentError) { @item.run }
          end
        end
        """#

    static let sql = #"""
        CREATE TABLE IF NOT EXISTS items (
            id bigint NOT NULL,
            name text NOT NULL,
            owner_id integer REFERENCES owners (id) ON DELETE CASCADE,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (id)
        );
        CREATE UNIQUE INDEX items_name_idx ON items (name);
        INSERT INTO items (id, name, owner_id) VALUES (1, 'a', 2);
        UPDATE items SET name = 'b' WHERE id = 1;
        DELETE FROM items WHERE id = 1;
        GRANT SELECT, INSERT, UPDATE, DELETE ON items TO reader;
        SELECT i.id, i.name, count(*) AS total
        FROM items i
        JOIN owners o ON o.id = i.owner_id
        LEFT JOIN orders r ON r.item_id = i.id
        WHERE i.name = 'a' AND o.active = true
        GROUP BY i.id, i.name
        HAVING count(*) > 1
        ORDER BY total DESC
        LIMIT 10;
        SELECT c.relname, n.nspname, a.attname, format_type(a.atttypid, a.atttypmod)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE n.nspname = 'public' AND c.relname = 'items' AND a.attnum > 0 AND NOT a.attisdropped;
        SELECT c.oid, n.nspname, c.relname
        FROM pg_class c
        JOIN pg_namespace n ON c.relnamespace = n.oid
        WHERE c.relkind = 'r' AND c.relname = p_name::name AND n.nspname = p_schema::name
        ORDER BY n.nspname, c.relname;
        SELECT c.relname, ci.relname, i.indisunique, i.indisprimary
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
        JOIN pg_catalog.pg_class ci ON ci.oid = i.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = ci.relnamespace
        LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
        JOIN pg_catalog.pg_am am ON ci.relam = am.oid
        JOIN pg_catalog.pg_opclass oc ON oc.oid = i.indclass[1]
        WHERE n.nspname = 'public' AND c.relname = 'items';
        SELECT n.nspname, c.relname
        FROM pg_catalog.pg_inherits h
        JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
        JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid
        WHERE h.inhparent = 'items'::regclass;
        SELECT pn.nspname, pc.relname, cn.nspname, cc.relname
        FROM pg_catalog.pg_inherits i
        JOIN pg_catalog.pg_class pc ON i.inhparent = pc.oid
        JOIN pg_catalog.pg_namespace pn ON pc.relnamespace = pn.oid
        JOIN pg_catalog.pg_class cc ON i.inhrelid = cc.oid
        JOIN pg_catalog.pg_namespace cn ON cc.relnamespace = cn.oid;
        SELECT con.conname, con.contype, pg_get_constraintdef(con.oid)
        FROM pg_catalog.pg_constraint con
        JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relname = 'items';
        SELECT p.proname, n.nspname, r.rolname, l.lanname
        FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_namespace n ON p.pronamespace = n.oid
        JOIN pg_catalog.pg_roles r ON p.proowner = r.oid
        JOIN pg_catalog.pg_language l ON p.prolang = l.oid
        WHERE n.nspname = 'public' AND p.proname = 'run';
        SELECT t.typname FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typname = 'kind';
        SELECT t.tgname FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND NOT t.tgisinternal;
        SELECT column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = 'items' ORDER BY ordinal_position;
        CREATE OR REPLACE FUNCTION run(p_name text, p_size int DEFAULT 1) RETURNS boolean
        LANGUAGE plpgsql
        AS $$
        DECLARE
            v_count int;
            v_row record;
        BEGIN
            SELECT count(*) INTO v_count FROM items WHERE name = p_name;
            IF v_count = 0 THEN
                RAISE EXCEPTION 'no item named %', p_name;
            END IF;
            FOR v_row IN SELECT * FROM items ORDER BY name LOOP
                EXECUTE format('DROP TABLE IF EXISTS %I.%I', v_row.schemaname, v_row.tablename);
            END LOOP;
            RETURN true;
        EXCEPTION
            WHEN others THEN
                GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT;
                RAISE NOTICE '%', SQLERRM;
                RETURN false;
        END
        $$;
        """#
}
