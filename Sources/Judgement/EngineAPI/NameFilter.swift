import JSON

/// What a list's `name` filter asks for, over the names that a tenant sees: the engine knows others.
///
/// Engines read each value as a regular expression of Go's. People write parts of names, whole names
/// between `^` and `$`, and `.*`: that is what is understood here, and anything else is refused.
package struct NameFilter: Hashable, Sendable {
    /// One value of the filter.
    private struct Pattern: Hashable {
        let parts: [[UInt8]]
        let isAtStart: Bool
        let isAtEnd: Bool
    }

    /// How an engine compares.
    package enum Comparison: Sendable {
        /// As a regular expression that is found anywhere; containers, networks and volumes.
        case anywhere
        /// As the beginning; what a Swarm keeps.
        case prefix
    }

    private let patterns: [Pattern]
    /// Stands for a dot of a pattern, which is any character.
    private static let anything: UInt8 = 0

    /// Reads the filter's values; nil when one of them is not understood.
    package init?(_ values: [String], _ comparison: Comparison) {
        var patterns: [Pattern] = []
        for value in values {
            switch comparison {
            case .prefix:
                patterns.append(
                    Pattern(parts: [Array(value.utf8)], isAtStart: true, isAtEnd: false))
            case .anywhere:
                guard let pattern = Self.pattern(value) else { return nil }
                patterns.append(pattern)
            }
        }
        self.patterns = patterns
    }

    /// True when a name is asked for: by any of the values.
    package func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return patterns.contains { Self.matches(bytes, $0) }
    }

    /// True when a list's item has a name that is asked for.
    ///
    /// - Parameters:
    ///   - item: The item.
    ///   - retelling: Tells the engine's names as the client knows them.
    /// - Returns: False when none has.
    func matches(anyOf item: JSONValue, _ retelling: Retelling?) -> Bool {
        let names =
            (item["Names"]?.array ?? []) + [item["Name"], item["Spec"]?["Name"]].compactMap { $0 }
        return names.contains { value in
            guard let name = value.string else { return false }
            let bytes = Array(name.utf8)
            let told = String(decoding: retelling?.told(bytes) ?? bytes, as: UTF8.self)
            return matches(told.hasPrefix("/") ? String(told.dropFirst()) : told)
        }
    }

    private static func pattern(_ text: String) -> Pattern? {
        var bytes = Array(text.utf8)[...]
        let isAtStart = bytes.first == UInt8(ascii: "^")
        if isAtStart { bytes = bytes.dropFirst() }
        // Names of containers begin with a slash on the engine.
        if bytes.first == UInt8(ascii: "/") { bytes = bytes.dropFirst() }
        let isAtEnd = bytes.last == UInt8(ascii: "$")
        if isAtEnd { bytes = bytes.dropLast() }
        var parts: [[UInt8]] = [[]]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let next = bytes.popFirst(), [0x2D, 0x2E, 0x5F].contains(next) else {
                    return nil
                }
                parts[parts.count - 1].append(next)
            case UInt8(ascii: "."):
                if bytes.first == UInt8(ascii: "*") {
                    bytes = bytes.dropFirst()
                    parts.append([])
                } else {
                    parts[parts.count - 1].append(Self.anything)
                }
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F:
                parts[parts.count - 1].append(byte)
            default: return nil
            }
        }
        return Pattern(parts: parts, isAtStart: isAtStart, isAtEnd: isAtEnd)
    }

    /// Each part where it stands first: what follows has the most room then.
    private static func matches(_ name: [UInt8], _ pattern: Pattern) -> Bool {
        var index = 0
        for (number, part) in pattern.parts.enumerated() {
            let isFirst = number == 0
            let isLast = number == pattern.parts.count - 1
            if isLast, pattern.isAtEnd {
                let start = name.count - part.count
                guard start >= index, isSame(name[max(0, start)...], part) else { return false }
                return !(isFirst && pattern.isAtStart) || start == 0
            }
            let places =
                isFirst && pattern.isAtStart ? [0] : Array(index...max(index, name.count))
            guard
                let place = places.first(where: { place in
                    place + part.count <= name.count
                        && isSame(name[place..<(place + part.count)], part)
                })
            else { return false }
            index = place + part.count
        }
        return true
    }

    private static func isSame(_ bytes: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
        bytes.count == part.count
            && zip(bytes, part).allSatisfy { $0 == $1 || $1 == anything }
    }
}
