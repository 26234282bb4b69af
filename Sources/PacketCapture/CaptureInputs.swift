/// Turns the inputs that a user names into the captures to read.
package enum CaptureInputs {
    /// Every input's captures, in the order given; see `expand(_:)` for one.
    ///
    /// - Throws: `.cannotOpen`, `.permission` for a folder that cannot be listed.
    package static func expand(_ paths: [String]) throws(CaptureError) -> [String] {
        var captures: [String] = []
        for path in paths { captures += try expand(path) }
        return captures
    }

    /// One input's captures: a folder gives the captures in it, in byte order of their names, told by content and not
    /// recursively; anything else gives itself, whether it exists or not, so that reading it names the error.
    ///
    /// - Throws: `.cannotOpen`, `.permission` for a folder that cannot be listed.
    package static func expand(_ path: String) throws(CaptureError) -> [String] {
        guard path != "-", FileDescriptor.isFolder(path) else { return [path] }
        let prefix = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
        return try FileDescriptor.names(inFolder: path).map { prefix + $0 }.filter(CaptureReader.isCapture)
    }
}
