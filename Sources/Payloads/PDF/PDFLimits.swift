/// What reading one PDF may take; each that bites leaves octets charged to a reason.
enum PDFLimits {
    /// Octets of one token; a longer string is read in parts.
    static let token = 1 << 16
    /// Octets of an object's dictionary that are looked at.
    static let dictionary = 1 << 16
    /// Octets in which a value must stand that is a name, a number, a reference or a few of them.
    static let value = 1 << 10
    /// Objects of a document, those in object streams included.
    static let objects = 1 << 18
    /// Octets that all object streams give.
    static let objectStreams = 8 << 20
    /// Objects that one object stream may hold.
    static let objectsInStream = 1 << 14
    /// Octets that a character map gives.
    static let map = 1 << 19
    /// Character maps of a document.
    static let maps = 256
    /// Characters that all maps together tell.
    static let characters = 1 << 18
    /// Fonts of one set of resources.
    static let fonts = 256
    /// Dictionaries that pages lead to.
    static let dictionaries = 4_096
    /// Sets of fonts; the streams of further pages are read with the fonts that came first.
    static let fontSets = 4_096
    /// Steps from a page to where its resources are.
    static let parents = 16
    /// Pieces of one `TJ`.
    static let pieces = 1 << 14
    /// Octets between two objects that are taken for their number and closing words.
    static let words = 64
    /// Holes that are remembered.
    static let holes = 1_024
}
