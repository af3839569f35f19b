package import Acts
package import JSON

/// Keeps environment, labels and commands out of an operation's answer, for grants that hide them.
///
/// It comes after every other view, so that whatever is shown has gone through it. What is hidden is left
/// in shape: lists and objects are empty, texts are `(hidden)`.
package struct Veil: Hashable, Sendable {
    /// What is hidden.
    package let hidden: Hidden
    /// How.
    package let rule: VeilRule

    /// Makes the veil of an operation; nil when the answer passes as it is.
    ///
    /// - Parameters:
    ///   - operation: The operation's name.
    ///   - hidden: What the grant hides.
    package init?(_ operation: String, _ hidden: Hidden) {
        guard !hidden.isEmpty, let rule = VeilRule.of(operation) else { return nil }
        switch rule {
        case .nothing, .content, .refused: return nil
        case .processes, .failures, .lateMembers:
            guard hidden.contains(.commands) else { return nil }
        case .members, .events: break
        }
        self.hidden = hidden
        self.rule = rule
    }

    /// True when the whole answer is needed before any of it is shown.
    package var isWhole: Bool { rule == .members || rule == .processes }

    /// True when what the engine says of a failure may name a program.
    package var coversFailures: Bool { rule == .failures }

    /// A value of the answer, or an item of a list.
    package func show(_ value: JSONValue) -> JSONValue {
        rule == .processes ? VeiledProcesses.hide(value) : VeiledFields.hide(value, hidden)
    }

    /// A whole answer, or nil when it cannot be read.
    package func show(_ body: [UInt8]) -> [UInt8]? {
        do {
            return JSONWriter.bytes(show(try JSONReader.answer(body)))
        } catch {
            return nil
        }
    }

    /// Whole lines of events; one that cannot be read is left out.
    package func show(lines: [UInt8]) -> [UInt8] {
        var shown: [UInt8] = []
        for line in lines.split(separator: 0x0A) {
            shown += VeiledEvent.hide(Array(line), hidden) ?? []
        }
        return shown
    }

    /// What is said in the place of the engine's own words for a failure.
    package static var failure: [UInt8] {
        let message =
            "quaymaster: the engine could not start it; its words are hidden, "
            + "for they can name what runs (hide: commands)"
        return JSONWriter.bytes(.object(JSONObject([("message", .string(message))]))) + [0x0A]
    }
}
