import Acts
import JSON

/// The members of engines' answers that hold environment, labels or commands, wherever they stand.
///
/// Names are looked for at every depth: an engine that shows a configuration in a new place shows no
/// more. A member of a map that a client named so (a network called `env`) is emptied with them.
enum VeiledFields {
    /// What stands in the place of a text that is hidden.
    static let placeholder = JSONValue.string("(hidden)")

    /// What a member shows.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - parent: The name of the member that it stands in; "" at the top, in small letters.
    /// - Returns: Nothing for what holds none of it.
    static func shown(_ name: String, in parent: String) -> Hidden {
        switch (name, parent) {
        // What made an image: `#(nop) ENV a=b` stands there as the layer's command.
        case ("createdby", _), ("onbuild", _), ("cmd", "containerconfig"): .all
        case ("env", _), ("env-regex", _): .environment
        case ("labels", _), ("labels-regex", _), ("annotations", _): .labels
        case ("cmd", _), ("command", _), ("entrypoint", _), ("args", _), ("arguments", _),
            ("shell", _), ("test", _):
            .commands
        // A container's program, and not the path of a device or a file.
        case ("path", ""): .commands
        // Engines name the program that could not be started.
        case ("error", "state"), ("output", "log"), ("err", "status"), ("message", "error"):
            .commands
        case ("description", "buildcache"): [.commands, .environment]
        default: []
        }
    }

    /// A value without what is hidden.
    static func hide(_ value: JSONValue, _ hidden: Hidden, in parent: String = "") -> JSONValue {
        switch value {
        case .object(let object):
            return .object(
                JSONObject(
                    distinct: object.members.map { member in
                        let name = member.name.lowercased()
                        let shown = shown(name, in: parent)
                        let value =
                            shown.isDisjoint(with: hidden)
                            ? hide(member.value, hidden, in: name)
                            : empty(member.value, shown)
                        return JSONObject.Member(name: member.name, value: value)
                    }))
        case .array(let values): return .array(values.map { hide($0, hidden, in: parent) })
        case .null, .bool, .number, .string: return value
        }
    }

    /// What stands in a hidden value's place: clients find the type that they expect.
    private static func empty(_ value: JSONValue, _ shown: Hidden) -> JSONValue {
        switch value {
        case .null, .bool, .number: value
        case .string(let text): text.isEmpty ? value : placeholder
        case .object: .object(JSONObject())
        case .array(let values):
            values.isEmpty || shown.isDisjoint(with: .commands) ? .array([]) : .array([placeholder])
        }
    }
}
