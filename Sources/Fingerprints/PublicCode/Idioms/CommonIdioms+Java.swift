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
        public class Writer {
            public Writer(Output output, Charset charset, int size, boolean flush) {
                checkCharset(charset.newEncoder());
                this.output = output;
                this.charset = charset;
                this.flush = flush;
                buffer = ByteBuffer.allocate(size);
            }
        }
        """#
}
