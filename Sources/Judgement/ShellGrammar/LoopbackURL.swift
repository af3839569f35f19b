/// A URL of the container's own loopback interface:
/// `http://` and `localhost`, `127.0.0.1` or `[::1]`, perhaps a port, perhaps a path.
package struct LoopbackURL: Hashable, Sendable {
    /// The host as it stands in the URL.
    package let host: String
    /// The port; 80 when none was given.
    package let port: Int
    /// The path with its query; `/` when none was given.
    package let target: String

    /// Reads a URL in printable ASCII; nil for any other.
    package init?(_ text: String) {
        let scheme = "http://"
        guard text.utf8.starts(with: scheme.utf8) else { return nil }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        guard
            let host = ["localhost", "127.0.0.1", "[::1]"].first(where: {
                rest.starts(with: $0.utf8)
            })
        else { return nil }
        let tail = rest.dropFirst(host.utf8.count)
        let end = tail.firstIndex(of: UInt8(ascii: "/")) ?? tail.endIndex
        // Nothing but a port stands between host and path: no further label, no userinfo.
        guard let port = Self.port(tail[..<end]) else { return nil }
        let target = String(Substring(tail[end...]))
        guard target.isEmpty || Self.isTarget(target) else { return nil }
        self.host = host
        self.port = port
        self.target = target.isEmpty ? "/" : target
    }

    private static func port(_ text: Substring.UTF8View) -> Int? {
        guard let colon = text.first else { return 80 }
        let digits = text.dropFirst()
        guard colon == UInt8(ascii: ":"), 1...5 ~= digits.count,
            digits.first != UInt8(ascii: "0"),
            let port = UInt16(String(Substring(digits))), digits.first != UInt8(ascii: "+")
        else { return nil }
        return Int(port)
    }

    private static func isTarget(_ text: String) -> Bool {
        let allowed = "._~/%?=&-".utf8
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.count, isHarmlessEscape(bytes[index + 1], bytes[index + 2])
                else { return false }
            case UInt8(ascii: "."):
                if index + 1 < bytes.count, bytes[index + 1] == byte { return false }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                break
            default:
                if !allowed.contains(byte) { return false }
            }
            index += 1
        }
        return true
    }

    /// False for what stands for a dot, a slash, a backslash, a control character, or for the percent
    /// sign itself, which a server that decodes twice would read as one of these.
    private static func isHarmlessEscape(_ high: UInt8, _ low: UInt8) -> Bool {
        guard let high = hexadecimal(high), let low = hexadecimal(low) else { return false }
        let byte = high << 4 | low
        return byte >= 0x20 && byte != 0x7F && !"./\\%".utf8.contains(byte)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
