import Acts

/// Which of a tenant's images are asked for, by what the tenant calls them.
package struct ImageFilter: Hashable, Sendable {
    /// Patterns of names; empty for all.
    let references: [String]
    /// True for images without a name, false for those with one; nil for all.
    let isDangling: Bool?

    /// Asks for everything.
    package init() {
        references = []
        isDangling = nil
    }

    /// Reads filters.
    init(references: [String], dangling: [String]) {
        self.references = references
        let words = dangling.map { ["1", "true", "True", "TRUE", "t", "T"].contains($0) }
        isDangling = Set(words).count == 1 ? words.first : nil
    }

    /// The names that are shown of an image; nil when the image is not.
    func shown(_ names: [String]) -> [String]? {
        if let isDangling, isDangling != names.isEmpty { return nil }
        if references.isEmpty { return names }
        let left = names.filter { name in
            guard let reference = ImageReference(name) else { return false }
            let repository = ImageReference(reference.name)?.familiar ?? reference.name
            let bare = repository.hasSuffix(":latest") ? String(repository.dropLast(7)) : repository
            return references.contains { pattern in
                PathPattern.matches(pattern, reference.familiar)
                    || PathPattern.matches(pattern, bare)
            }
        }
        return left.isEmpty ? nil : left
    }
}

/// Patterns as Go's `path.Match` reads them.
enum PathPattern {
    /// True when a pattern matches a whole text.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        matches(Array(pattern.utf8)[...], Array(text.utf8)[...])
    }

    private static let slash = UInt8(ascii: "/")

    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern, text = text
        // Where the last star stands and what it has taken: only that one is ever tried again.
        var star: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while true {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                star = (pattern, text)
                continue
            }
            if pattern.isEmpty, text.isEmpty { return true }
            if let next = step(pattern, text) {
                pattern = next
                text = text.dropFirst()
                continue
            }
            guard let last = star, let taken = last.text.first, taken != slash else { return false }
            star = (last.pattern, last.text.dropFirst())
            pattern = last.pattern
            text = last.text.dropFirst()
        }
    }

    /// The pattern after what one byte has matched; nil when it has not.
    private static func step(
        _ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8>? {
        guard let byte = text.first, let head = pattern.first else { return nil }
        switch head {
        case UInt8(ascii: "?"): return byte == slash ? nil : pattern.dropFirst()
        case UInt8(ascii: "\\"):
            let rest = pattern.dropFirst()
            return rest.first == byte ? rest.dropFirst() : nil
        case UInt8(ascii: "["): return range(pattern.dropFirst(), byte)
        default: return head == byte ? pattern.dropFirst() : nil
        }
    }

    private static func range(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> ArraySlice<UInt8>? {
        var rest = pattern
        let isNegated = rest.first == UInt8(ascii: "^")
        if isNegated { rest = rest.dropFirst() }
        var isIn = false
        var isFirst = true
        while let low = rest.first, low != UInt8(ascii: "]") || isFirst {
            isFirst = false
            rest = rest.dropFirst()
            var high = low
            if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first {
                high = end
                rest = rest.dropFirst(2)
            }
            if low <= high, low...high ~= byte { isIn = true }
        }
        guard rest.first == UInt8(ascii: "]"), byte != slash, isIn != isNegated else { return nil }
        return rest.dropFirst()
    }
}
