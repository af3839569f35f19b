/// Makes what a program wrote safe for a terminal or a browser, while it passes.
///
/// Text, line ends, tabs and colours (SGR, ECMA-48 §8.3.117) pass unchanged. Whatever else would act
/// (cursor, title, clipboard, reports that type an answer into the reader's line, bidi controls) is
/// shown as text: `^[`, `<U+202E>`, and a byte that is not UTF-8 as `\xFF`. Where reads are cut makes no
/// difference. What is kept between reads is at most one character or one colour.
package struct OutputSanitiser: Sendable {
    /// What becomes of colours.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// They pass.
        case colour
        /// They are left out.
        case plain
    }

    /// The most bytes of a colour, `ESC [` included; the longest that programs write has some 45.
    static let longestColour = 64

    private enum State {
        case text
        /// Bytes of a character that is not complete.
        case character
        /// ESC, and what has followed of `[`, digits, `;` and `:`.
        case escape
    }

    private let mode: Mode
    private var state = State.text
    private var held: [UInt8] = []
    /// How many bytes came, and where the character or the colour began that is under way.
    private var count = 0
    private var start = 0

    /// True when the colour that was last set is not the terminal's own: whoever shows something else
    /// behind the output resets it first.
    package private(set) var isColoured = false

    /// The first thing that would have acted and was made text.
    package struct Harm: Hashable, Sendable {
        /// Where it begins, in bytes from the stream's start.
        package let offset: Int
        /// What it is; nil for a byte that is not UTF-8.
        package let scalar: Unicode.Scalar?
    }

    /// The first thing that would have acted; nil when all has passed.
    package private(set) var firstHarm: Harm?

    /// Makes a sanitiser for one stream.
    package init(_ mode: Mode) {
        self.mode = mode
        held.reserveCapacity(Self.longestColour)
    }

    /// Takes the next bytes, cut anywhere, and appends what may be shown.
    package mutating func receive(_ bytes: ArraySlice<UInt8>, appendingTo output: inout [UInt8]) {
        var rest = bytes
        while let byte = rest.first {
            // Most of what is written is plain: it passes in runs.
            let plain = state == .text ? rest.prefix(while: Self.isPlain) : []
            output.append(contentsOf: plain)
            if plain.isEmpty { take(byte, &output) }
            let taken = max(plain.count, 1)
            count += taken
            rest = rest.dropFirst(taken)
        }
    }

    /// Ends the stream: what was held back is no whole character or colour, and becomes text.
    package mutating func finish(appendingTo output: inout [UInt8]) {
        giveUp(&output)
    }

    /// A whole text, made safe.
    package static func sanitise(_ bytes: [UInt8], _ mode: Mode) -> [UInt8] {
        var sanitiser = OutputSanitiser(mode)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        sanitiser.receive(bytes[...], appendingTo: &output)
        sanitiser.finish(appendingTo: &output)
        return output
    }

    private mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
        switch state {
        case .text: begin(byte, &output)
        case .character:
            guard byte & 0xC0 == 0x80 else {
                giveUp(&output)
                return begin(byte, &output)
            }
            held.append(byte)
            if held.count == UTF8Length.expected(held[0]) {
                state = .text
                show(&output)
            }
        case .escape:
            if byte == UInt8(ascii: "m"), SGR.isHarmless(held[...]) {
                pass(&output)
            } else if held.count == 1 ? byte == UInt8(ascii: "[") : SGR.isParameter(byte),
                held.count < Self.longestColour - 1
            {
                held.append(byte)
            } else {
                giveUp(&output)
                begin(byte, &output)
            }
        }
    }

    private mutating func begin(_ byte: UInt8, _ output: inout [UInt8]) {
        start = count
        switch byte {
        case _ where Self.isPlain(byte): output.append(byte)
        case 0x1B:
            held = [byte]
            state = .escape
        case 0xC2...0xF4:
            held = [byte]
            state = .character
        case 0x80...: neutralise(byte: byte, &output)
        default: neutralise(Unicode.Scalar(byte), &output)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        Characters.isPrintable(byte) || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
    }

    /// A colour is complete.
    private mutating func pass(_ output: inout [UInt8]) {
        state = .text
        isColoured = mode == .colour && !SGR.isReset(held[...])
        guard mode == .colour else { return }
        output.append(contentsOf: held)
        output.append(UInt8(ascii: "m"))
    }

    /// A character is complete, as far as its length says.
    private mutating func show(_ output: inout [UInt8]) {
        guard let text = String(validating: held, as: UTF8.self),
            let scalar = text.unicodeScalars.first
        else { return neutraliseHeld(&output) }
        if Characters.isHarmless(scalar) {
            output.append(contentsOf: held)
        } else {
            neutralise(scalar, &output)
        }
    }

    /// What is held will not become anything.
    private mutating func giveUp(_ output: inout [UInt8]) {
        switch state {
        case .text: break
        case .character: neutraliseHeld(&output)
        case .escape:
            neutralise("\u{1B}", &output)
            output.append(contentsOf: held.dropFirst())
        }
        state = .text
    }

    private mutating func neutraliseHeld(_ output: inout [UInt8]) {
        for byte in held { neutralise(byte: byte, &output) }
    }

    private mutating func neutralise(_ scalar: Unicode.Scalar, _ output: inout [UInt8]) {
        firstHarm = firstHarm ?? Harm(offset: start, scalar: scalar)
        output.append(contentsOf: Characters.shown(scalar).utf8)
    }

    private mutating func neutralise(byte: UInt8, _ output: inout [UInt8]) {
        firstHarm = firstHarm ?? Harm(offset: start, scalar: nil)
        let digits = Array("0123456789ABCDEF".utf8)
        output.append(contentsOf: [
            UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)],
        ])
    }
}

/// How long characters are in UTF-8.
private enum UTF8Length {
    /// How many bytes a character has that begins with this one, which is 0xC2 to 0xF4.
    static func expected(_ first: UInt8) -> Int {
        first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }
}

extension OutputSanitiser {
    /// What of an output would act first, as a refusal whose nearest line is what is shown instead; nil
    /// when all of it passes. The column counts scalars from 1.
    package static func objection(to bytes: [UInt8]) -> ShellRefusal? {
        var sanitiser = OutputSanitiser(.colour)
        var output: [UInt8] = []
        sanitiser.receive(bytes[...], appendingTo: &output)
        sanitiser.finish(appendingTo: &output)
        guard let harm = sanitiser.firstHarm else { return nil }
        let before = bytes[..<harm.offset].count { $0 & 0xC0 != 0x80 }
        var refusal = ShellRefusal(at: 1 + before, .output(harm.scalar))
        refusal.nearest = String(decoding: output, as: UTF8.self)
        return refusal
    }
}
