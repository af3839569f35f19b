import JSON

extension Shape {
    /// The fields of a closed object, at most 128, found by name in constant time.
    package struct Closed: Sendable {
        /// The fields, in the order in which they are written.
        package let fields: [Field]
        /// Where a name's search begins: the number of a field, or `none`.
        private let slots: [Int]

        private static let none = -1

        init(_ fields: [Field]) {
            self.fields = fields
            var count = 8
            while count < fields.count * 2 { count *= 2 }
            var slots = [Int](repeating: Self.none, count: count)
            for (number, field) in fields.enumerated() {
                var slot = Self.slot(of: field.name.utf8Span.span, count)
                while slots[slot] != Self.none { slot = (slot + 1) & (count - 1) }
                slots[slot] = number
            }
            self.slots = slots
        }

        /// The field that Go would take a name for, if the name is ASCII.
        ///
        /// Go also folds U+017F and U+212A into s and k; those spellings are nobody's honest ones.
        func index(of name: String) -> Int? {
            let bytes = name.utf8Span.span
            var slot = Self.slot(of: bytes, slots.count)
            // Half of the slots are empty, so every search ends.
            while slots[slot] != Self.none {
                let number = slots[slot]
                if Spelling.isFolded(bytes, fields[number].name.utf8Span.span) { return number }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }

        /// A slot by length and a few letters, whatever their case.
        private static func slot(of name: Span<UInt8>, _ count: Int) -> Int {
            guard name.count > 0 else { return 0 }
            let first = Int(name[0] | 0x20)
            let middle = Int(name[name.count / 2] | 0x20)
            let last = Int(name[name.count - 1] | 0x20)
            return (name.count &* 31 &+ first &* 7 &+ middle &* 3 &+ last) & (count - 1)
        }
    }
}
