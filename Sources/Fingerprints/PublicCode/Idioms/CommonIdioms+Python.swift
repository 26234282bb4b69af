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
        html_logo = "_static/logo.png"
        html_favicon = "_static/icon.png"
        html_title = "Example"
        html_show_sourcelink = False
        class Wrapper:
            def write(self, data):
                return self.file.write(data)

            def close(self) -> None:
                self.file.close()

            def flush(self):
                self.file.flush()

            def visit(self, node: t.Dict[str, t.Any]) -> None:
                self.inner.flush()
                self.inner.visit(node)

        class Child(Base):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.name = None

        class NameComparator(Property.Comparator):
            def __eq__(self, other):
                return self.key() == other

        class OtherComparator(Other.Comparator):
            pass

        def test_values(self):
            self.assertEqual(values["one"], ["first"])
            self.assertEqual(values["two"], ["second"])
            self.assertEqual(values["three"], ["third"])

        def test_copy(self):
            assert copy.url == item.url
            assert copy.headers == item.headers
            assert copy.body == item.body
        """#
}
