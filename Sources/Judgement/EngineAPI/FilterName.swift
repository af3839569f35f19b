package import Acts
import JSON

/// An object that a list's filters name.
package struct FilterName: Hashable, Sendable {
    /// The filter: `network`.
    let filter: String
    /// The kind of object.
    package let kind: ObjectKind
    /// Its name or id, as the client says it.
    package let text: String

    /// What no object is called.
    static let nobody = "quaymaster.nobody"

    /// Reads an operation's filters.
    static func read(_ call: Call) -> [FilterName] {
        let kinds = kinds(of: call.operation.name)
        if kinds.isEmpty { return [] }
        guard let filters = ParameterValue.json(call.query.value("filters")) else { return [] }
        return kinds.flatMap { filter, kind in
            (filters[filter]?.object?.members ?? [])
                // A volume is asked for by where it is mounted, too.
                .filter { kind != .volume || !$0.name.hasPrefix("/") }
                .map { FilterName(filter: filter, kind: kind, text: $0.name) }
        }
    }

    /// The filters that name objects, by operation.
    private static func kinds(of operation: String) -> [(String, ObjectKind)] {
        switch operation {
        case "ContainerList":
            [
                ("network", .network), ("volume", .volume), ("before", .container),
                ("since", .container),
            ]
        case "TaskList": [("service", .service)]
        default: []
        }
    }
}

extension NameFilter {
    /// How an operation's `name` filter compares; nil when it names nothing of a tenant's.
    static func comparison(of operation: String) -> Comparison? {
        switch operation {
        case "ContainerList", "NetworkList", "VolumeList": .anywhere
        case "ServiceList", "SecretList", "ConfigList": .prefix
        default: nil
        }
    }

    /// The values of an operation's `name` filter; empty when there are none.
    static func values(_ call: Call) -> [String] {
        guard comparison(of: call.operation.name) != nil,
            let filters = ParameterValue.json(call.query.value("filters"))
        else { return [] }
        return (filters["name"]?.object?.members ?? []).map(\.name)
    }
}
