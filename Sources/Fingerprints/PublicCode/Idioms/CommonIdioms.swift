/// What everybody writes: the idioms of languages, which are public code whatever else is given as such.
///
/// A project that is the only one of its language seems to be alone with them, for neither the public code at hand nor other
/// files need have them. Their grams are not taken into an index, and grams that hold parts of them weigh less. The texts are
/// ours; names in them stand for any name, in grams of shape at least.
package enum CommonIdioms {
    /// By what name subtractions on their behalf are counted.
    package static let name = "common idioms"

    /// What they have; made once, and there as long as a sketch can be made of them.
    package static let sketch: PublicSketch? = {
        var builder = PublicSketchBuilder()
        do throws(IndexError) {
            for text in texts { try builder.add(SourceText(Array(text.utf8))) }
            return try builder.finish(name: name)
        } catch {
            return nil
        }
    }()

    /// All of them, each as a source file would hold it.
    static var texts: [String] {
        [java, go, python, c, cpp, rust, swift, javaScript, cSharp, php, ruby, sql, verilog] + beans + tables
    }

    /// Accessors, one after the other, of types that are told apart by being keywords or names.
    private static var beans: [String] {
        let types = ["int", "long", "boolean", "double", "String", "List<String>"]
        return types.flatMap { first in
            types.map { second in
                let fields = [(first, "count"), (second, "label"), (first, "limit"), (second, "owner")]
                let accessors = fields.map { type, name in
                    """
                        public \(type) get\(name)() {
                            return \(name);
                        }

                        public void set\(name)(\(type) \(name)) {
                            this.\(name) = \(name);
                        }

                    """
                }
                let declarations = fields.map { "    private \($0) \($1);\n" }
                return "public class Bean {\n" + (declarations + accessors).joined() + "}\n"
            }
        }
    }

    /// Heads of tables of numbers, of which there is no shape but the head.
    private static var tables: [String] {
        let types = [
            "char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "unsigned", "long",
            "unsigned long", "float", "double", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "int32_t", "size_t",
            "word",
        ]
        let numbers = (1...40).map { "\($0)," }.joined(separator: " ")
        return types.map { type in
            ["static const", "const", "static"].map { kind in
                """
                \(kind) \(type) first[40] = {
                    \(numbers)
                };
                \(kind) \(type) second[] = {
                    \(numbers)
                };
                \(kind) \(type) third[40] = {
                    \(numbers) 41 };

                """
            }.joined()
        }
    }
}
