import Yams

/// What a policy's text says, one statement a line and without comments: what two versions of it are
/// compared by. It holds what the file holds, and a policy holds no secrets.
package struct PolicyOutline: Hashable, Sendable {
    /// What is different between two policies.
    package struct Change: Hashable, Sendable, CustomStringConvertible {
        /// What happened to the statement.
        package enum Kind: String, Sendable {
            /// It stands in the new policy alone.
            case added
            /// It stood in the old policy alone.
            case removed
            /// It says something else.
            case changed
        }

        /// What happened.
        package let kind: Kind
        /// Where it stands: `grants`, `identities/alice/mode`.
        package let path: String
        /// What it says; for a change the old, an arrow and the new.
        package let what: String

        /// `added: {to: alice, may: [view], in: ci}`
        package var description: String { "\(kind.rawValue): \(what)" }
    }

    private struct Statement: Hashable {
        let path: String
        let text: String
    }

    private let statements: [Statement]

    /// Reads the text of a policy that compiles; another says nothing.
    init(_ text: String) {
        var statements: [Statement] = []
        do {
            if let node = try Yams.compose(yaml: text) { Self.add(node, "", to: &statements) }
        } catch {
            // Whoever reads it for its meaning says what is wrong with it.
            statements = []
        }
        self.statements = statements
    }

    /// The changes from this policy to another: what is gone in its order, then what is new in its own.
    /// To put statements in another order is no change: any grant that allows an act permits it.
    package func changes(to other: PolicyOutline) -> [Change] {
        let removed = Self.rest(statements, without: other.statements)
        let added = Self.rest(other.statements, without: statements)
        // Lists have many statements at one path: which became which nobody can say.
        func single(_ list: [Statement]) -> [String: String] {
            Dictionary(grouping: list, by: \.path).compactMapValues {
                $0.count == 1 ? $0[0].text : nil
            }
        }
        let (old, new) = (single(removed), single(added))
        func isChanged(_ statement: Statement) -> Bool {
            old[statement.path] != nil && new[statement.path] != nil
        }
        return removed.map { statement in
            guard isChanged(statement), let now = new[statement.path] else {
                return Change(kind: .removed, path: statement.path, what: statement.text)
            }
            return Change(
                kind: .changed, path: statement.path, what: "\(statement.text) → \(now)")
        }
            + added.filter { !isChanged($0) }.map {
                Change(kind: .added, path: $0.path, what: $0.text)
            }
    }

    private static func rest(_ all: [Statement], without others: [Statement]) -> [Statement] {
        var counts: [Statement: Int] = [:]
        for statement in others { counts[statement, default: 0] += 1 }
        return all.filter { statement in
            guard let count = counts[statement], count > 0 else { return true }
            counts[statement] = count - 1
            return false
        }
    }

    private static func add(_ node: Node, _ path: String, to statements: inout [Statement]) {
        switch node {
        case .mapping(let mapping) where !mapping.isEmpty:
            for (key, value) in mapping {
                let name = key.scalar?.string ?? flow(key)
                add(value, path.isEmpty ? name : "\(path)/\(name)", to: &statements)
            }
        case .sequence(let sequence) where !sequence.isEmpty:
            for item in sequence { statements.append(Statement(path: path, text: flow(item))) }
        default: statements.append(Statement(path: path, text: flow(node)))
        }
    }

    /// A node in one line.
    private static func flow(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.string
        case .mapping(let mapping):
            "{" + mapping.map { "\(flow($0)): \(flow($1))" }.joined(separator: ", ") + "}"
        case .sequence(let sequence): "[" + sequence.map(flow).joined(separator: ", ") + "]"
        case .alias: "*"
        }
    }
}
