/// What a character beyond ASCII counts for in a word, so that what looks alike is alike.
///
/// Nothing: what cannot be seen (zero width, soft hyphens, bidirectional controls, variation selectors, tags, byte order
/// marks) and marks that combine with the letter before. ASCII: full-width forms, mathematical, circled and letterlike
/// letters, ligatures, Latin letters with marks, the letters of Cyrillic, Greek and Armenian that look like Latin ones,
/// quotes, dashes, spaces. Letters are folded in words of any script: the word stays a word of its own.
enum CharacterFolding: Equatable {
    /// Not there at all.
    case nothing
    /// These octets of ASCII, of which zeros are none.
    case ascii(UInt8, UInt8 = 0, UInt8 = 0)
    /// A letter that stands for itself.
    case letter

    private static let space = Self.ascii(0x20)

    /// What a character counts for.
    ///
    /// - Note: Of the others, whole blocks are letters or not (U+2000–U+303F, private use, emoji and most of U+F900 up are
    ///   not), which is all that matching asks.
    static func of(_ scalar: UInt32) -> Self {
        switch scalar {
        case 0x3041..<0x3164, 0x3165..<0xD800, 0xF900..<0xFB00: return .letter
        case 0..<0xC0: return latin1Sign(scalar)
        case 0xC0..<0x180:
            let octet = marked[Int(scalar - 0xC0)]
            return octet == dot ? .letter : .ascii(octet)
        case 0x180..<0x300: return rareLatin(scalar)
        case 0x300...0x36F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x3164: return .nothing
        case 0x370..<0x590:
            let octet = lookalikes[Int(scalar - 0x370)]
            return octet == 0 ? .letter : .ascii(octet)
        case 0x1AB0...0x1AFF, 0x1DC0...0x1DFF: return .nothing
        case 0x2000..<0x2070: return punctuation(scalar)
        case 0x20D0...0x20F0: return .nothing
        case 0x2100..<0x2150:
            let octet = letterlike[Int(scalar - 0x2100)]
            return octet == dot ? space : .ascii(octet)
        case 0x2150..<0x3040: return sign(scalar)
        case 0xD800..<0xF900: return space
        case 0xFB00...0xFB06: return ligature(scalar)
        case 0xFB07..<0xFE00: return .letter
        case 0xFE00..<0x1_0000: return form(scalar)
        case 0x1D167...0x1D169, 0x1D173...0x1D182: return .nothing
        case 0x1D400..<0x1D6A4: return .ascii(0x61 + UInt8(truncatingIfNeeded: (scalar - 0x1D400) % 52 % 26))
        case 0x1D7CE..<0x1D800: return .ascii(0x30 + UInt8(truncatingIfNeeded: (scalar - 0x1D7CE) % 10))
        case 0x1_0000..<0x2_0000: return space
        case 0xE_0000..<0xE_1000: return .nothing
        default: return .letter
        }
    }

    /// U+0080–U+00BF.
    private static func latin1Sign(_ scalar: UInt32) -> Self {
        switch scalar {
        case 0x85: .ascii(0x0A)
        case 0xAD: .nothing
        case 0xAB, 0xBB, 0xB4: .ascii(0x22)
        default: space
        }
    }

    /// U+0180–U+02FF, where few letters look like plain ones.
    private static func rareLatin(_ scalar: UInt32) -> Self {
        switch scalar {
        case 0x251: .ascii(0x61)
        case 0x261: .ascii(0x67)
        case 0x269, 0x26A: .ascii(0x69)
        case 0x28B: .ascii(0x76)
        case 0x2B9...0x2BC, 0x2C8, 0x2CA, 0x2CB: .ascii(0x22)
        default: .letter
        }
    }

    /// U+2000–U+206F.
    private static func punctuation(_ scalar: UInt32) -> Self {
        switch scalar {
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F: .nothing
        case 0x2010...0x2015, 0x2043: .ascii(0x2D)
        case 0x2018...0x201F, 0x2032...0x2037, 0x2039, 0x203A: .ascii(0x22)
        case 0x2028, 0x2029: .ascii(0x0A)
        case 0x2044: .ascii(0x2F)
        default: space
        }
    }

    /// U+2150–U+303F.
    private static func sign(_ scalar: UInt32) -> Self {
        switch scalar {
        case 0x2212: .ascii(0x2D)
        case 0x2215: .ascii(0x2F)
        case 0x2217: .ascii(0x2A)
        case 0x2236: .ascii(0x3A)
        case 0x223C: .ascii(0x7E)
        case 0x24B6..<0x24EA: .ascii(0x61 + UInt8(truncatingIfNeeded: (scalar - 0x24B6) % 26))
        default: space
        }
    }

    private static func ligature(_ scalar: UInt32) -> Self {
        let (f, i, l) = (UInt8(ascii: "f"), UInt8(ascii: "i"), UInt8(ascii: "l"))
        return switch scalar {
        case 0xFB00: .ascii(f, f)
        case 0xFB01: .ascii(f, i)
        case 0xFB02: .ascii(f, l)
        case 0xFB03: .ascii(f, f, i)
        case 0xFB04: .ascii(f, f, l)
        default: .ascii(UInt8(ascii: "s"), UInt8(ascii: "t"))
        }
    }

    /// U+FE00–U+FFFF.
    private static func form(_ scalar: UInt32) -> Self {
        switch scalar {
        case 0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB: .nothing
        case 0xFE58, 0xFE63: .ascii(0x2D)
        case 0xFF01...0xFF5E: .ascii(UInt8(truncatingIfNeeded: scalar - 0xFEE0))
        default: space
        }
    }

    /// Where the tables have no entry.
    private static let dot = UInt8(ascii: ".")

    /// U+00C0–U+017F: the letter without its mark.
    private static let marked = Array(
        """
        aaaaaa.ceeeeiiiidnooooo ouuuuy..aaaaaa.ceeeeiiiidnooooo ouuuuy.y\
        aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkklllllll\
        lllnnnnnnn..oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs
        """.utf8
    )

    /// U+2100–U+214F: letters of other faces.
    private static let letterlike = Array(
        "..c.......ghhhh.iill.n...pqrrr......z...z.k.bceeef.mo....i...........ddeij......".utf8
    )

    /// U+0370–U+058F: for a letter the one of ASCII that it looks like, else 0.
    private static let lookalikes: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 0x590 - 0x370)
        for pair in [
            // Greek.
            ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳ", "abezhikmnoptyxcj"), ("αικνορυχϲ", "aikvopuxc"),
            // Cyrillic.
            ("АВЕКМНОРСТУХІЈЅԌԚԜҮҺ", "abekmhopctyxijsgqwyh"), ("асеорхуіјѕԁһԛԝѵкмтвн", "aceopxyijsdhqwvkmtbh"),
            // Armenian.
            ("օոսհզց", "onuhqg"),
        ] {
            for (scalar, plain) in zip(pair.0.unicodeScalars, pair.1.utf8) {
                let place = Int(scalar.value) - 0x370
                if table.indices.contains(place) { table[place] = plain }
            }
        }
        return table
    }()
}
