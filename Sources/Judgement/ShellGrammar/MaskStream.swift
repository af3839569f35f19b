/// Leaves secrets out of a text that comes in parts: what is shown does not depend on where it is cut.
///
/// Colours that stand inside a name, or between it and its value, hide nothing from it. What is kept
/// between parts is bounded; a name with 4 KiB of blanks before its value is taken for none.
package struct MaskStream: Sendable {
    private let mask: SecretMask
    /// What only the next part tells the meaning of.
    private var held: [UInt8] = []
    /// The value that the last part has ended in; its mark is written already.
    private var value: MaskScanner.Value?

    /// Makes a stream that has seen nothing.
    package init(_ mask: SecretMask = SecretMask()) {
        self.mask = mask
    }

    /// Takes the next part of a line, and gives what may be shown of it by now.
    ///
    /// - Parameters:
    ///   - part: The part, without the line's end.
    ///   - isEnd: True when the line ends with it; the next part begins another line.
    /// - Returns: The text with a mark in the place of each secret.
    package mutating func take(_ part: some Sequence<UInt8>, isEnd: Bool) -> [UInt8] {
        var text = EscapedText(held + part, isEnd: isEnd)
        held.removeAll(keepingCapacity: true)
        let scanner = MaskScanner(text.plain, isEnd: isEnd, in: value, by: mask)
        value = scanner.open
        var output: [UInt8] = []
        output.reserveCapacity(text.plain.count)
        text.pass(upTo: scanner.skipped, showing: false, &output)
        for range in scanner.hidden {
            text.pass(upTo: range.lowerBound, showing: true, &output)
            output += SecretMask.mark.utf8
            text.pass(upTo: range.upperBound, showing: false, &output)
        }
        text.pass(upTo: scanner.end, showing: true, &output)
        text.pass(upTo: text.plain.count, showing: true, &held)
        held += text.rest
        return output
    }

    /// Takes bytes that may hold several lines, and gives the lines that are whole and what of the last
    /// one need not wait.
    ///
    /// - Parameters:
    ///   - bytes: The next bytes.
    ///   - isEnd: True when nothing follows.
    /// - Returns: The text, with its line ends.
    package mutating func takeLines(_ bytes: ArraySlice<UInt8>, isEnd: Bool = false) -> [UInt8] {
        var (output, rest) = ([UInt8](), bytes)
        while let end = rest.firstIndex(of: 0x0A) {
            output += take(rest[..<end], isEnd: true)
            output.append(0x0A)
            rest = rest[(end + 1)...]
        }
        return output + take(rest, isEnd: isEnd)
    }
}

/// A text taken apart into what is read and the escape sequences between it: colours (SGR), and the
/// clearing to the line's end that grep(1) writes beside them, also as it is shown.
private struct EscapedText {
    /// The text without them.
    private(set) var plain: [UInt8] = []
    /// The beginning of a sequence at the end.
    private(set) var rest: ArraySlice<UInt8> = []
    private var escapes: [(place: Int, bytes: ArraySlice<UInt8>)] = []
    private var passed = 0
    private var next = 0

    init(_ bytes: [UInt8], isEnd: Bool) {
        guard bytes.contains(where: { $0 == 0x1B || $0 == UInt8(ascii: "^") }) else {
            plain = bytes
            return
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x1B || byte == UInt8(ascii: "^") {
                let length = Self.length(bytes[index...])
                if let length, length > 0 {
                    escapes.append((plain.count, bytes[index..<index + length]))
                    index += length
                    continue
                }
                if length == nil, !isEnd {
                    rest = bytes[index...]
                    return
                }
            }
            plain.append(byte)
            index += 1
        }
    }

    /// How long the sequence is that begins here; 0 for none, nil when it is not complete.
    private static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
        let isShown = bytes.first == UInt8(ascii: "^")
        let head = isShown ? Array("^[[".utf8) : [0x1B, UInt8(ascii: "[")]
        guard bytes.starts(with: head) else { return head.starts(with: bytes) ? nil : 0 }
        let tail = bytes.dropFirst(head.count)
        let parameters = tail.prefix(OutputSanitiser.longestColour).prefix(while: SGR.isParameter)
        guard let last = tail.dropFirst(parameters.count).first else { return nil }
        let isKnown = last == UInt8(ascii: "K") || last == UInt8(ascii: "m") && !isShown
        return isKnown ? head.count + parameters.count + 1 : 0
    }

    /// Writes the text up to a place, or only the sequences in it.
    mutating func pass(upTo limit: Int, showing isShown: Bool, _ output: inout [UInt8]) {
        while next < escapes.count, escapes[next].place <= limit {
            if isShown { output += plain[passed..<escapes[next].place] }
            output += escapes[next].bytes
            passed = escapes[next].place
            next += 1
        }
        if isShown { output += plain[passed..<limit] }
        passed = limit
    }
}
