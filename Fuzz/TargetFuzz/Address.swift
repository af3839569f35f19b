import EngineAPI

/// A target as a reader of URLs takes it (RFC 3986; Go's `url.ParseQuery`), knowing no operation.
struct Address {
    /// The path's segments, none of them decoded.
    let path: [[UInt8]]
    /// The query's parameters in order, decoded.
    let query: [(name: [UInt8], value: [UInt8])]

    /// Reads a target; nil for one that a canonical target may not be.
    init?(_ target: String) {
        let parts = target.utf8.split(
            separator: 0x3F, maxSplits: 1, omittingEmptySubsequences: false)
        let allowed = Set("%&=+-./:@_~?".utf8)
        guard let first = parts.first, first.first == 0x2F, !first.contains(0x25),
            target.utf8.allSatisfy({ allowed.contains($0) || Self.isAlphanumeric($0) })
        else { return nil }
        path = first.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
            .map { Array($0) }
        guard !path.contains(where: { $0.isEmpty || $0 == [0x2E] || $0 == [0x2E, 0x2E] }) else {
            return nil
        }
        var query: [(name: [UInt8], value: [UInt8])] = []
        for pair in parts.dropFirst().first?.split(separator: 0x26) ?? [] {
            let halves = pair.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let name = Self.decoded(halves[0]),
                let value = Self.decoded(halves[1])
            else { return nil }
            query.append((name, value))
        }
        self.query = query
    }

    /// The values of a parameter.
    subscript(_ name: String) -> [[UInt8]] {
        query.filter { $0.name.elementsEqual(name.utf8) }.map(\.value)
    }

    /// True when the address says what a call was taken to say, and nothing more.
    func says(_ call: Call) -> Bool {
        let entries = call.query.entries
        guard query.count == entries.reduce(0, { $0 + $1.values.count }),
            entries.allSatisfy({ entry in
                self[entry.parameter.name].elementsEqual(entry.values.map { Array($0.utf8) })
            })
        else { return false }
        let literals = call.operation.path.compactMap { part in
            if case .literal(let text) = part { Array(text.utf8) } else { nil }
        }
        let subject = (call.subject ?? "").utf8.split(separator: 0x2F).map { Array($0) }
        return path.count == 1 + literals.count + subject.count
            && literals.allSatisfy(path.contains) && subject.allSatisfy(path.contains)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
    }

    private static func decoded(_ text: Substring.UTF8View.SubSequence) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case 0x2B: bytes.append(0x20)
            case 0x25:
                guard rest.count >= 2,
                    let decoded = UInt8(String(Substring(rest.prefix(2))), radix: 16)
                else { return nil }
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return bytes
    }
}
