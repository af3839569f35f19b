/// Names of entries: slash-separated bytes, of whatever encoding.
enum EntryName {
    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// Why a name has no clean form.
    enum Failure: Error {
        /// It has a `..` part.
        case climbs
    }

    /// A name without its leading slash, empty and `.` parts; empty for the root itself.
    ///
    /// `docker cp` and `tar -C dir .` write `./a`, `/a` and `a/`; the engine joins and cleans them.
    static func clean(_ name: [UInt8]) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(name.count + 1)
        for part in name.split(separator: slash) {
            if part.elementsEqual([dot]) { continue }
            if part.elementsEqual([dot, dot]) { throw .climbs }
            if !result.isEmpty { result.append(slash) }
            result += part
        }
        return result
    }

    /// A path as the engine finds it in a build context (Go's `filepath.Clean` on a rooted path), or
    /// nil when it leaves the context.
    static func resolve(_ path: [UInt8], from base: [UInt8] = []) -> [UInt8]? {
        var parts = base.split(separator: slash)
        for part in path.split(separator: slash) where !part.elementsEqual([dot]) {
            guard part.elementsEqual([dot, dot]) else {
                parts.append(part)
                continue
            }
            guard parts.popLast() != nil else { return nil }
        }
        return Array(parts.joined(separator: [slash]))
    }

    /// The folder that a clean name lies in; empty for the root.
    static func parent(of name: [UInt8]) -> [UInt8] {
        Array(name[..<(name.lastIndex(of: slash) ?? 0)])
    }

    /// True when a clean name lies beneath a folder.
    static func lies(_ name: [UInt8], beneath folder: [UInt8]) -> Bool {
        name.count > folder.count && name[folder.count] == slash && name.starts(with: folder)
    }

    /// True for U+0020 to U+007E only.
    static func isPrintable(_ name: [UInt8]) -> Bool {
        name.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// A name for a message: short, and with nothing that a terminal obeys.
    static func shown(_ name: [UInt8]) -> String {
        let limit = 120
        var text = "\""
        for byte in name.prefix(limit) {
            switch byte {
            case 0x22, 0x5C: text += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7E: text += String(UnicodeScalar(byte))
            default:
                text += byte < 16 ? "\\x0" : "\\x"
                text += String(byte, radix: 16)
            }
        }
        return text + "\"" + (name.count > limit ? "…" : "")
    }
}
