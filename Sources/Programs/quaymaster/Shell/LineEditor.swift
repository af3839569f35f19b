/// What a person is typing: values in, values out. Keys come as bytes of a terminal in raw mode.
struct LineEditor {
    /// What a key wants done.
    enum Action: Equatable {
        /// The line looks otherwise.
        case redraw
        /// The line is to be run.
        case submit(String)
        /// What stands before the cursor is to be completed.
        case complete(String)
        /// Ctrl-C.
        case interrupt
        /// Ctrl-D on an empty line.
        case leave
        /// Ctrl-L.
        case clear
        /// Several lines were pasted, none of which is taken.
        case refusedPaste
    }

    private(set) var text: [Unicode.Scalar] = []
    /// Where the next character goes.
    private(set) var cursor = 0
    /// Lines typed before, the oldest first.
    var history: [String] = []
    private var place: Int?
    private var draft: [Unicode.Scalar] = []
    private var held: [UInt8] = []
    private var paste: [UInt8]?

    /// The line.
    var line: String { Self.string(text) }

    private static let pasteStart = Array("\u{1B}[200~".utf8)
    private static let pasteEnd = Array("\u{1B}[201~".utf8)
    /// The most bytes that a line may have.
    private static let most = 1024

    /// Takes bytes of the terminal.
    mutating func receive(_ bytes: [UInt8]) -> [Action] {
        var actions: [Action] = []
        held += bytes
        while let action = next() {
            if let action { actions.append(action) }
        }
        return actions
    }

    /// Begins a new line.
    mutating func begin() {
        text = []
        cursor = 0
        place = nil
    }

    /// Puts a completed word in the place of what stands from a column on, counted from 1.
    mutating func replace(from column: Int, with word: String) {
        let start = min(max(0, column - 1), cursor)
        text.replaceSubrange(start..<cursor, with: Array(word.unicodeScalars))
        cursor = start + word.unicodeScalars.count
    }

    /// One key; nil when more bytes are needed, a nil action for a key that does nothing.
    private mutating func next() -> Action?? {
        if paste != nil { return takePaste() }
        guard let byte = held.first else { return nil }
        if byte == 0x1B { return escape() }
        guard byte >= 0x20, byte != 0x7F else {
            held.removeFirst()
            return .some(control(byte))
        }
        let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        guard held.count >= length else { return nil }
        let piece = Array(held.prefix(length))
        held.removeFirst(length)
        return .some(insert(String(decoding: piece, as: UTF8.self)))
    }

    private mutating func insert(_ piece: String) -> Action? {
        guard line.utf8.count + piece.utf8.count <= Self.most else { return nil }
        let scalars = Array(piece.unicodeScalars)
        text.insert(contentsOf: scalars, at: cursor)
        cursor += scalars.count
        return .redraw
    }

    private mutating func control(_ byte: UInt8) -> Action? {
        switch byte {
        case 0x01: cursor = 0
        case 0x02: cursor = max(0, cursor - 1)
        // What comes in the same piece belongs to the next line.
        case 0x03:
            begin()
            return .interrupt
        case 0x04:
            if text.isEmpty { return .leave }
            if cursor < text.count { text.remove(at: cursor) }
        case 0x05: cursor = text.count
        case 0x06: cursor = min(text.count, cursor + 1)
        case 0x08, 0x7F:
            guard cursor > 0 else { return nil }
            cursor -= 1
            text.remove(at: cursor)
        case 0x09: return .complete(Self.string(text[..<cursor]))
        case 0x0A, 0x0D:
            defer { begin() }
            return .submit(line)
        case 0x0B: text.removeSubrange(cursor...)
        case 0x0C: return .clear
        case 0x0E: recall(1)
        case 0x10: recall(-1)
        case 0x15:
            text.removeSubrange(..<cursor)
            cursor = 0
        case 0x17:
            let kept = text[..<cursor].reversed().drop { $0 == " " }.drop { $0 != " " }.count
            text.removeSubrange(kept..<cursor)
            cursor = kept
        default: return nil
        }
        return .redraw
    }

    /// A key that begins with Escape.
    private mutating func escape() -> Action?? {
        if held.starts(with: Self.pasteStart) {
            held.removeFirst(Self.pasteStart.count)
            paste = []
            return .some(nil)
        }
        guard held.count > 1 else { return nil }
        guard held[1] == UInt8(ascii: "[") || held[1] == UInt8(ascii: "O") else {
            held.removeFirst(2)
            return .some(nil)
        }
        guard let end = held.dropFirst(2).firstIndex(where: { 0x40...0x7E ~= $0 }) else {
            if held.count > 32 { held.removeAll() }
            return nil
        }
        let key = String(decoding: held[2...end], as: UTF8.self)
        held.removeFirst(end + 1)
        return .some(named(key))
    }

    private mutating func named(_ key: String) -> Action? {
        switch key {
        case "A": recall(-1)
        case "B": recall(1)
        case "C": cursor = min(text.count, cursor + 1)
        case "D": cursor = max(0, cursor - 1)
        case "H", "1~", "7~": cursor = 0
        case "F", "4~", "8~": cursor = text.count
        case "3~": if cursor < text.count { text.remove(at: cursor) }
        default: return nil
        }
        return .redraw
    }

    /// What is pasted stands in the line and is seen before it runs; several lines are none.
    private mutating func takePaste() -> Action?? {
        guard let end = held.firstRange(of: Self.pasteEnd) else {
            // What may be the beginning of the end stays.
            let count = max(0, held.count - Self.pasteEnd.count)
            paste? += held.prefix(count)
            held.removeFirst(count)
            if (paste?.count ?? 0) > 1 << 20 { paste = [0x0A] }
            return nil
        }
        let all = (paste ?? []) + held[..<end.lowerBound]
        held.removeFirst(end.upperBound)
        paste = nil
        let lines = all.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        guard lines.count <= 1 else { return .some(.refusedPaste) }
        let plain = String(decoding: lines.first ?? [], as: UTF8.self).unicodeScalars
            .filter { $0.value >= 0x20 && $0.value != 0x7F }
        return .some(insert(String(String.UnicodeScalarView(plain))))
    }

    private mutating func recall(_ step: Int) {
        if place == nil { draft = text }
        let wanted = (place ?? history.count) + step
        guard 0...history.count ~= wanted else { return }
        place = wanted == history.count ? nil : wanted
        text = place.map { Array(history[$0].unicodeScalars) } ?? draft
        cursor = text.count
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
