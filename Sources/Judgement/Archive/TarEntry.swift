/// One entry of an archive, as its headers describe it.
package struct TarEntry: Hashable, Sendable {
    /// What an entry is.
    package enum Kind: Hashable, Sendable {
        /// A regular file; the only kind with content.
        case file
        /// Another name of an entry.
        case hardLink
        /// A symbolic link.
        case symbolicLink
        /// A character device.
        case characterDevice
        /// A block device.
        case blockDevice
        /// A directory.
        case directory
        /// A named pipe.
        case pipe
    }

    /// A device's number.
    package struct Device: Hashable, Sendable {
        /// The major number.
        package var major = 0
        /// The minor number.
        package var minor = 0

        /// Makes the number 0:0.
        package init() {}
    }

    /// An extended attribute (`xattr(7)`).
    package struct Attribute: Hashable, Sendable {
        /// Its full name, for example `user.comment`.
        package var name: [UInt8]
        /// Its value.
        package var value: [UInt8]

        /// Makes an attribute.
        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// What it is.
    package var kind: Kind
    /// Its name.
    package var name: [UInt8]
    /// A link's target; empty for all others.
    package var linkName: [UInt8] = []
    /// How many bytes of content follow; zero for all but files.
    package var size = 0
    /// The permission bits, 07777 at most.
    package var mode = 0o644
    /// The owner's number.
    package var userID = 0
    /// The group's number.
    package var groupID = 0
    /// The owner's name.
    package var userName: [UInt8] = []
    /// The group's name.
    package var groupName: [UInt8] = []
    /// When it was last modified.
    package var modified = TarTime()
    /// A device's number.
    package var device = Device()
    /// Extended attributes, sorted by name.
    package var attributes: [Attribute] = []

    /// Makes an entry of root's from 1970.
    package init(_ kind: Kind, _ name: [UInt8]) {
        self.kind = kind
        self.name = name
    }
}

/// A point in time as archives count it.
package struct TarTime: Hashable, Sendable {
    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 = 0
    /// What is left, 0 to 999,999,999.
    package var nanoseconds: Int64 = 0

    /// Makes the beginning of 1970.
    package init() {}

    /// Makes a time, rounded down to whole seconds.
    package init(seconds: Int64) {
        self.seconds = seconds
    }

    /// Reads a time of an extended header, `[-]digits[.digits]` (pax, "mtime"); nil when it is none.
    ///
    /// Digits beyond nanoseconds are dropped, as Go does.
    init?(decimal: ArraySlice<UInt8>) {
        let isNegative = decimal.first == UInt8(ascii: "-")
        let parts = (isNegative ? decimal.dropFirst() : decimal)
            .split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ TarNumber.decimal($0) }) else { return nil }
        var rest: Int64 = 0
        if parts.count == 2 {
            guard !parts[1].isEmpty, parts[1].allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            for place in 0..<9 {
                let index = parts[1].startIndex + place
                rest = rest * 10 + (index < parts[1].endIndex ? Int64(parts[1][index] - 0x30) : 0)
            }
        }
        let seconds = Int64(whole)
        let borrows = isNegative && rest > 0
        self.seconds = isNegative ? -seconds - (borrows ? 1 : 0) : seconds
        nanoseconds = borrows ? 1_000_000_000 - rest : rest
    }

    /// The time as an extended header spells it, without needless zeros.
    var decimal: String {
        let borrows = seconds < 0 && nanoseconds > 0
        let whole = borrows ? seconds + 1 : seconds
        let rest = borrows ? 1_000_000_000 - nanoseconds : nanoseconds
        let text = (seconds < 0 && whole == 0 ? "-" : "") + String(whole)
        guard rest > 0 else { return text }
        let digits = String(rest)
        var fraction = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
        return text + "." + fraction
    }
}
