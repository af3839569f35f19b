import Acts
import JSON

/// What an engine tells of and nobody has asked for through the gateway: somebody has used the engine's
/// own socket, or the engine was told otherwise.
package struct UnrecordedAct: Hashable, Sendable {
    /// What kind of object it is about: `container`.
    package let type: String
    /// What was done: `exec_create`, without the command.
    package let action: String
    /// The object's id or name, for the record's `target`.
    package let target: String
    /// What happened, as a sentence.
    package let sentence: String

    init(_ event: EngineEvent, wasAway: Bool) {
        type = Self.word(event.type)
        action = Self.word(event.verb)
        let object = event.id.isEmpty ? "" : "/" + Self.text(event.id)
        target = type + object
        var words = "\(type) \(action)"
        if !event.id.isEmpty { words += " of \(Self.text(event.id))" }
        let told = Self.told.compactMap { name, label in
            (event.attributes[name]?.string).flatMap { value in
                value.isEmpty || value == event.id ? nil : "\(label) \(Self.text(value))"
            }
        }
        if !told.isEmpty { words += " (\(told.joined(separator: ", ")))" }
        words += ", which nobody has asked the gateway for"
        if wasAway { words += "; it was not listening then, or had just begun to" }
        sentence = words
    }

    /// What of an event's attributes is told, and as what: labels and commands may hold secrets.
    private static let told = [
        ("name", "named"), ("image", "of image"), ("container", "container"), ("execID", "exec"),
        ("signal", "signal"),
    ]

    private static func word(_ text: String) -> String {
        text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F || $0 == 0x2D }
            && !text.isEmpty && text.utf8.count <= 32 ? text : Name.shown(text)
    }

    private static func text(_ text: String) -> String {
        PlainText.isPlain(text) && text.utf8.count <= 256 ? text : Name.shown(text)
    }
}
