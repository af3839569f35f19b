import JSON

/// The objects that a client wants to hear of, by the tenant's own names, which engines do not know.
package struct EventFilter: Hashable, Sendable {
    /// The filters that name objects of a tenant's.
    static let kinds = ["container", "network", "volume", "service", "secret", "config"]

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
    /// its name, whatever it tells of (moby: `daemon/events/filter.go`).
    ///
    /// - Parameter line: The event with the tenant's names.
    /// - Returns: False when it tells of something else.
    package func matches(_ line: [UInt8]) -> Bool {
        let event: JSONValue
        do {
            event = try JSONReader.value(of: line, depthLimit: 64)
        } catch {
            return false
        }
        let actor = event["Actor"]
        let said = [actor?["ID"]?.string, actor?["Attributes"]?["name"]?.string].compactMap { $0 }
        return values.values.allSatisfy { names in
            names.contains { name in said.contains { $0.utf8.starts(with: name.utf8) } }
        }
    }
}
