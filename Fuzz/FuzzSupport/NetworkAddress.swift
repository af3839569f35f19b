/// An address in any spelling that Go's `net.ParseIP` takes, as sixteen bytes.
struct NetworkAddress {
    private var bytes: [UInt8]

    /// Reads an address; nil for what is none.
    init?(_ text: String) {
        let text = text.split(separator: "%", omittingEmptySubsequences: false).first ?? ""
        if !text.contains(":") {
            guard let four = Self.four(text) else { return nil }
            bytes = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + four
            return
        }
        let halves = text.components(aroundDoubleColon: ())
        guard let head = Self.groups(halves[0]) else { return nil }
        guard halves.count == 2 else {
            guard head.count == 16 else { return nil }
            bytes = head
            return
        }
        guard let tail = Self.groups(halves[1]), head.count + tail.count < 16 else { return nil }
        bytes = head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// True for the unspecified address, loopback and what is local to a link.
    var isOfHost: Bool {
        let isFour = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        if isFour {
            return bytes[12] == 127 || bytes[12] == 0 || (bytes[12] == 169 && bytes[13] == 254)
        }
        return bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] <= 1
            || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
    }

    private static func four(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            part.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? UInt8(part) : nil
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let four = four(part) {
                bytes += four
            } else {
                guard 1...4 ~= part.utf8.count, let group = UInt16(part, radix: 16),
                    part.utf8.first != 0x2B, part.utf8.first != 0x2D
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

extension Substring {
    /// The text before and behind `::`; only the first where there is none.
    fileprivate func components(aroundDoubleColon: Void) -> [Substring] {
        guard let range = utf8.firstRange(of: "::".utf8) else { return [self] }
        return [self[..<range.lowerBound], self[range.upperBound...]]
    }
}
