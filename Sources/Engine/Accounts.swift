internal import Glibc

/// The users and groups of this host, by name.
package enum Accounts {
    /// The number of a user, by name or number; nil when there is none of that name.
    package static func user(_ name: String) -> UInt32? {
        if let number = UInt32(name) { return number }
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 1 << 16)
        // SAFETY: all that is passed lives for the call, and of the entry only a number is taken.
        guard unsafe getpwnam_r(name, &entry, &room, room.count, &found) == 0, unsafe found != nil else { return nil }
        return unsafe entry.pw_uid
    }

    /// The number of a group, by name or number; nil when there is none of that name.
    package static func group(_ name: String) -> UInt32? {
        if let number = UInt32(name) { return number }
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var room = [CChar](repeating: 0, count: 1 << 16)
        // SAFETY: all that is passed lives for the call, and of the entry only a number is taken.
        guard unsafe getgrnam_r(name, &entry, &room, room.count, &found) == 0, unsafe found != nil else { return nil }
        return unsafe entry.gr_gid
    }
}
