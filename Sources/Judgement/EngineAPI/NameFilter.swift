import JSON

/// What a list's `name` filter asks for, over the names that a tenant sees: the engine knows others.
///
/// Engines read each value as a regular expression of Go's, found anywhere in a name or in the name behind
/// a slash; one that is not understood here is refused.
package struct NameFilter: Hashable, Sendable {
    /// One value of the filter.
    private enum Pattern: Hashable {
        case expression(NameExpression)
        case prefix([UInt8])
    }

    /// How an engine compares.
    package enum Comparison: Sendable {
        /// As a regular expression that is found anywhere; containers, networks and volumes.
        case anywhere
        /// As the beginning; what a Swarm keeps.
        case prefix
    }

    private let patterns: [Pattern]
    /// The most steps of all expressions together.
    private static let mostCost = 1000

    /// Reads the filter's values; nil when one of them is not understood.
    package init?(_ values: [String], _ comparison: Comparison) {
        var patterns: [Pattern] = []
        var cost = 0
        for value in values {
            switch comparison {
            case .prefix:
                patterns.append(.prefix(Array(value.utf8)))
            case .anywhere:
                guard let expression = NameExpression(value) else { return nil }
                cost += expression.cost
                guard cost <= Self.mostCost else { return nil }
                patterns.append(.expression(expression))
            }
        }
        self.patterns = patterns
    }

    /// True when a name is asked for: by any of the values.
    package func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return patterns.contains { pattern in
            switch pattern {
            case .prefix(let prefix): bytes.starts(with: prefix)
            // Containers' names begin with a slash on the engine, and it tries both.
            case .expression(let expression):
                expression.isFound(in: bytes) || expression.isFound(in: [0x2F] + bytes)
            }
        }
    }

    /// True when a list's item has a name that is asked for.
    ///
    /// - Parameters:
    ///   - item: The item.
    ///   - retelling: Tells the engine's names as the client knows them.
    /// - Returns: False when none has.
    func matches(anyOf item: JSONValue, _ retelling: Retelling?) -> Bool {
        let names =
            (item["Names"]?.array ?? []) + [item["Name"], item["Spec"]?["Name"]].compactMap { $0 }
        return names.contains { value in
            guard let name = value.string else { return false }
            let bytes = Array(name.utf8)
            let told = String(decoding: retelling?.told(bytes) ?? bytes, as: UTF8.self)
            return matches(told.hasPrefix("/") ? String(told.dropFirst()) : told)
        }
    }
}
