import Acts
import JSON

/// The objects that a client wants to hear of, by the tenant's own names, which engines do not know.
package struct EventFilter: Hashable, Sendable {
    /// The filters that name objects of a tenant's.
    static let kinds = ["container", "network", "volume", "service", "secret", "config", "image"]

    private let values: [String: [String]]

    /// Reads the filters of `GET /events`; nil when they name no objects.
    init?(_ call: Call) {
        guard call.operation.name == "SystemEvents",
            let filters = ParameterValue.json(call.query.value("filters"))
        else { return nil }
        var values: [String: [String]] = [:]
        for kind in Self.kinds {
            let names = (filters[kind]?.object?.members ?? []).map(\.name)
            if !names.isEmpty { values[kind] = names }
        }
        if values.isEmpty { return nil }
        self.values = values
    }

    /// True when an event tells of what is asked for: engines compare the beginnings of its id and of
    /// its name, whatever it tells of, and the whole of an image's name, with its tag or without (moby:
    /// `daemon/events/filter.go`).
    ///
    /// - Parameter line: The event with the tenant's names.
    /// - Returns: False when it tells of something else.
    package func matches(_ line: [UInt8]) -> Bool {
        let event: JSONValue
        do {
            event = try JSONReader.answer(line)
        } catch {
            return false
        }
        let actor = event["Actor"]
        let said = [actor?["ID"]?.string, actor?["Attributes"]?["name"]?.string].compactMap { $0 }
        return values.allSatisfy { kind, names in
            if kind == "image" { return Self.isImage(of: event, names) }
            return names.contains { name in said.contains { $0.utf8.starts(with: name.utf8) } }
        }
    }

    private static func isImage(of event: JSONValue, _ names: [String]) -> Bool {
        let actor = event["Actor"]
        let place = event["Type"]?.string == "image" ? "name" : "image"
        let said = [actor?["ID"]?.string, actor?["Attributes"]?[place]?.string].compactMap { $0 }
        let all = said + said.compactMap(withoutTag)
        return names.contains { name in all.contains { Spelling.isSame($0, name) } }
    }

    /// `app` of `app:1`; nil for what is no image's name.
    private static func withoutTag(_ text: String) -> String? {
        guard let name = ImageReference(text)?.familiar else { return nil }
        let repository = name.prefix { $0 != "@" }
        let last = repository.lastIndex(of: "/") ?? repository.startIndex
        let colon = repository[last...].firstIndex(of: ":") ?? repository.endIndex
        return String(repository[..<colon])
    }
}
