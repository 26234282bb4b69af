extension CommonIdioms {
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
}
