extension CommonIdioms {
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
}
