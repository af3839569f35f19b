package import Acts
import JSON

/// One event of an engine.
package struct EngineEvent: Sendable {
    /// The event as it came, its line feed included.
    package let line: [UInt8]
    /// What kind of object it tells of: `container`.
    let type: String
    /// What has happened: `start`, `exec_create: sh`.
    let action: String
    /// The object's id; volumes and pulled images have names.
    package let id: String
    /// `local` or `swarm`.
    let scope: String
    /// What else is said of the object, its labels among it.
    let attributes: JSONObject
    /// When it happened, in nanoseconds since 1970.
    package let time: Int64

    /// Reads an event; nil when it is none.
    package init?(_ line: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONReader.answer(line)
        } catch {
            return nil
        }
        guard let type = value["Type"]?.string, let action = value["Action"]?.string else {
            return nil
        }
        self.line = line
        self.type = type
        self.action = action
        id = value["Actor"]?["ID"]?.string ?? ""
        attributes = value["Actor"]?["Attributes"]?.object ?? JSONObject()
        scope = value["scope"]?.string ?? ""
        time = value["timeNano"]?.int64 ?? 0
    }

    /// The same without what makes it long: what is kept for a while must not fill the memory.
    ///
    /// - Parameters:
    ///   - names: The attributes that are kept, where they are short.
    ///   - name: The name of the container that is told of; nil: it is not known.
    /// - Returns: The event without its line and its other attributes.
    func trimmed(to names: Set<String>, container name: String? = nil) -> EngineEvent {
        EngineEvent(trimming: self, to: names, container: name)
    }

    /// The attribute of a network's events in which the name of the container is kept; engines tell its
    /// id only.
    static let containerName = "containerName"

    private init(trimming event: EngineEvent, to names: Set<String>, container name: String?) {
        line = []
        type = event.type
        action =
            event.action.utf8.count <= Self.longest
            ? event.action : String(event.action.unicodeScalars.prefix(Self.longest / 4))
        id = event.id
        scope = event.scope
        var attributes = JSONObject(
            distinct: event.attributes.members.filter { member in
                names.contains(member.name)
                    && member.value.string.map { $0.utf8.count <= Self.longest } ?? false
            })
        if let name { attributes[Self.containerName] = .string(name) }
        self.attributes = attributes
        time = event.time
    }

    /// The most bytes of a text that is kept.
    private static let longest = 4096

    /// What an event may have changed in lists of containers.
    package enum Change: Hashable, Sendable {
        /// Nothing.
        case nothing
        /// What is said of this container.
        case container(String)
        /// What images are called: these names have moved, of these images.
        case images(names: [String], ids: [String])
    }

    /// What it may have changed in lists of containers.
    package var change: Change {
        switch type {
        case "container":
            let isElsewhere =
                Self.silent.contains(action)
                || ["exec_create:", "exec_start:"].contains { action.hasPrefix($0) }
            return id.isEmpty || isElsewhere ? .nothing : .container(id)
        case "network":
            guard let container = attributes["container"]?.string, !container.isEmpty else {
                return .nothing
            }
            return .container(container)
        case "image":
            guard !["push", "save"].contains(action) else { return .nothing }
            let name = attributes["name"]?.string
            return .images(names: [id] + (name.map { [$0] } ?? []), ids: [id])
        default: return .nothing
        }
    }

    /// What happens to containers without a trace in lists.
    private static let silent: Set<String> = [
        "archive-path", "attach", "commit", "copy", "detach", "exec_detach", "exec_die",
        "exec_kill",
        "exec_resize", "export", "extract-to-dir", "resize", "top",
    ]

    /// The object that has gone for good, of a kind whose ids never come again.
    package var removed: (ObjectKind, String)? {
        switch (type, action) {
        case ("container", "destroy"): (.container, id)
        case ("network", "destroy"): (.network, id)
        default: nil
        }
    }
}

/// Which events a client asks for, evaluated as engines do (moby, daemon/events/filter.go).
package struct EventQuery: Sendable {
    private let filters: FilterArguments

    /// Reads the target of a request for events; nil when the engine is to be asked: it is another
    /// request, or one for the past or an end, or filters by what is not known here.
    ///
    /// - Parameter target: A target in canonical form.
    package init?(target: String) {
        let call: Call
        do {
            call = try Call("GET", target)
        } catch {
            return nil
        }
        guard call.operation.name == "SystemEvents", call.query.value("since").isEmpty,
            call.query.value("until").isEmpty,
            let filters = FilterArguments(call.query.value("filters")),
            filters.keys.isSubset(of: Set(Self.kinds + ["event", "label", "scope", "type"]))
        else { return nil }
        version = call.version ?? .floor
        self.filters = filters
    }

    /// The version in which it is asked.
    package let version: APIVersion

    private static let kinds = [
        "config", "container", "daemon", "network", "node", "plugin", "secret", "service", "volume",
    ]

    /// True when an event is asked for.
    package func includes(_ event: EngineEvent) -> Bool {
        guard isAction(event.action), filters.isExactly("type", event.type),
            filters.isExactly("scope", event.scope),
            filters.matchesPairs("label", event.attributes)
        else { return false }
        let name = event.attributes["name"]?.string ?? ""
        return Self.kinds.allSatisfy {
            filters.isBeginning($0, of: event.id) || filters.isBeginning($0, of: name)
        }
    }

    /// Those that carry more behind a colon are meant by what stands before it.
    private func isAction(_ action: String) -> Bool {
        let values = filters["event"]
        guard ["health_status", "exec_create", "exec_start"].contains(where: values.contains) else {
            return filters.isExactly("event", action)
        }
        return filters.isBeginning("event", of: action)
    }
}
