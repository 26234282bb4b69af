/// How the comments of a language look where `CommentScanner` would not see them by itself.
///
/// Told by a file's name, else by its first line; the unknown has what all have.
struct CommentStyle: Sendable, Equatable {
    /// Marks after which the rest of a line is a comment, where they stand behind white space or at a line's start.
    var line: [[UInt8]] = []
    /// The same, at a line's start only, white space before them.
    var lineStart: [[UInt8]] = []
    /// Marks that begin and end a block.
    var block: [(open: [UInt8], close: [UInt8])] = []

    /// What all languages have.
    static let plain = CommentStyle()

    private init() {}

    private init(line: [String] = [], lineStart: [String] = [], block: [(String, String)] = []) {
        self.line = line.map { Array($0.utf8) }
        self.lineStart = lineStart.map { Array($0.utf8) }
        self.block = block.map { (Array($0.utf8), Array($1.utf8)) }
    }

    static func == (one: Self, other: Self) -> Bool {
        one.line == other.line && one.lineStart == other.lineStart && one.block.map(\.open) == other.block.map(\.open)
            && one.block.map(\.close) == other.block.map(\.close)
    }

    private static let lisp = CommentStyle(line: [";"], block: [("#|", "|#")])
    private static let hash = CommentStyle(line: ["#"])
    private static let percent = CommentStyle(line: ["%"])
    private static let basic = CommentStyle(line: ["'"], lineStart: ["rem ", "REM ", "Rem "])
    private static let fortran = CommentStyle(line: ["!"])
    private static let markup = CommentStyle(block: [("<!--", "-->")])
    private static let dashes = CommentStyle(line: ["--"])
    private static let parentheses = CommentStyle(block: [("(*", "*)")])

    private static let styles: [(names: String, style: CommentStyle)] = [
        ("el lisp lsp cl scm ss rkt clj cljs cljc edn fnl lfe", lisp),
        ("asm s S ini cfg inf reg nasm", CommentStyle(line: [";"])),
        (
            "sh bash zsh ksh fish rb rake gemspec pl pm t r R yaml yml toml mk mak am cmake tcl awk sed nim cr ex exs "
                + "conf cfg properties dockerfile tf hcl nix gd gitignore po", hash
        ),
        ("py pyi pyx pxd pyw bzl star", CommentStyle(line: ["#"], block: [("\"\"\"", "\"\"\""), ("'''", "'''")])),
        ("rb", CommentStyle(line: ["#"], block: [("=begin", "=end")])),
        ("pl pm pod", CommentStyle(line: ["#"], block: [("=head", "=cut"), ("=pod", "=cut"), ("=over", "=cut")])),
        ("jl", CommentStyle(line: ["#"], block: [("#=", "=#")])),
        ("ps1 psm1 psd1", CommentStyle(line: ["#"], block: [("<#", "#>")])),
        ("tex sty cls bib ltx erl hrl mat octave", percent),
        ("vb vbs bas frm vba", basic),
        ("f90 f95 f03 f08 f15", fortran),
        ("f for ftn f77", CommentStyle(line: ["!"], lineStart: ["c ", "C ", "* "])),
        ("hs lhs elm purs agda idr", CommentStyle(line: ["--"], block: [("{-", "-}")])),
        ("lua", CommentStyle(line: ["--"], block: [("--[[", "]]"), ("--[=[", "]=]")])),
        ("ml mli mll mly fs fsi fsx sml sig thy", parentheses),
        ("pas pp dpr inc lpr", CommentStyle(block: [("(*", "*)"), ("{", "}")])),
        ("mod def", parentheses),
        ("html htm xhtml xml xsl xslt svg xaml vue svelte md markdown csproj vbproj props targets plist pom", markup),
        ("sql psql pgsql plsql ddl dml pks pkb adb ads vhd vhdl", dashes),
        ("bat cmd", CommentStyle(lineStart: ["rem ", "REM ", "Rem ", "::", "@rem ", "@REM "])),
        ("vim vimrc", CommentStyle(lineStart: ["\""])),
        ("cob cbl cpy", CommentStyle(line: ["*>"])),
        ("apl", CommentStyle(line: ["⍝"])),
        ("m", percent),
    ]
    private static let byName: [String: CommentStyle] = {
        var all: [String: CommentStyle] = [:]
        for (names, style) in styles { for name in names.split(separator: " ") { all[String(name)] = style } }
        return all
    }()
    private static let wholeNames: [String: String] = [
        "makefile": "mk", "gnumakefile": "mk", "dockerfile": "sh", "cmakelists.txt": "cmake", "rakefile": "rb",
        "gemfile": "rb", "vagrantfile": "rb", "podfile": "rb", "meson.build": "sh", "jenkinsfile": "groovy",
        ".vimrc": "vim", ".emacs": "el", "build": "bzl", "workspace": "bzl", ".bashrc": "sh", ".profile": "sh",
    ]
    /// What an interpreter's name in a first line stands for.
    private static let interpreters: [(name: String, suffix: String)] = [
        ("python", "py"), ("bash", "sh"), ("zsh", "sh"), ("ruby", "rb"), ("perl", "pl"), ("lua", "lua"),
        ("tclsh", "tcl"),
        ("wish", "tcl"), ("awk", "awk"), ("guile", "scm"), ("emacs", "el"), ("sbcl", "lisp"), ("escript", "erl"),
        ("runhaskell", "hs"), ("ocaml", "ml"), ("pwsh", "ps1"), ("julia", "jl"), ("rscript", "r"), ("sh", "sh"),
    ]

    /// The style of the file called `name`, whose contents are `text`.
    static func of(name: [UInt8], text: [UInt8]) -> CommentStyle {
        let last = name.split(separator: 0x2F).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let suffix =
            last.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last.map(String.init) ?? ""
        if suffix == "m", !isMatlab(text) { return plain }
        if let style = byName[suffix] ?? byName[suffix.lowercased()] { return style }
        if let alias = wholeNames[last.lowercased()] { return byName[alias] ?? plain }
        guard suffix.isEmpty || suffix.count > 5 || suffix == "in" else { return plain }
        let first = String(decoding: text.prefix { $0 != 0x0A }.prefix(120), as: UTF8.self)
        if first.hasPrefix("<?xml") || first.lowercased().hasPrefix("<!doctype html") { return markup }
        guard first.hasPrefix("#!") || first.contains("-*-") else { return plain }
        let suffixOfProgram = interpreters.first { first.contains($0.name) }?.suffix ?? ""
        return byName[suffixOfProgram] ?? plain
    }

    /// `.m` is Objective-C, MATLAB or Mercury: only the second has lines that begin with `%`.
    private static func isMatlab(_ text: [UInt8]) -> Bool {
        for line in text.prefix(8_192).split(separator: 0x0A).prefix(60) {
            if line.first(where: { $0 > 0x20 }) == 0x25 { return true }
            if line.starts(with: Array("#import".utf8)) || line.starts(with: Array("@interface".utf8)) { return false }
        }
        return false
    }
}
