/// What an engine has understood, as a plain tree.
package enum Tree: Hashable, Sendable {
    /// A nil pointer, list or map, which Go tells from an empty one.
    case none
    /// A truth value.
    case bool(Bool)
    /// A number.
    case number(Int128)
    /// A text, byte for byte: Swift's strings would take different ones for the same.
    case text([UInt8])
    /// A list.
    case list([Tree])
    /// A struct's fields, or a map.
    case members([String: Tree])

    /// A text.
    package static func text(_ text: String) -> Tree { .text(Array(text.utf8)) }

    /// Reads a value of Go's memory.
    init(_ value: GoValue, _ type: GoType) {
        switch (type, value) {
        case (_, .none): self = .none
        case (_, .bool(let value)): self = .bool(value)
        case (_, .int(let value)): self = .number(Int128(value))
        case (_, .unsigned(let value)): self = .number(Int128(value))
        case (_, .string(let bytes)): self = .text(bytes)
        case (.pointer(let inner), _): self = Tree(value, inner)
        case (.slice(let element), .slice(let memory, let count)),
            (.array(_, let element), .slice(let memory, let count)):
            self = .list(memory.prefix(count).map { Tree($0, element) })
        case (.stringSlice, .slice(let memory, let count)):
            self = .list(memory.prefix(count).map { Tree($0, .string) })
        case (.map(let element), .map(let entries)):
            // Names are UTF-8 by now. Those that are canonically equivalent would be one here.
            self = .members(
                Dictionary(
                    entries.map { (Tree.key($0), Tree($1, element)) }, uniquingKeysWith: { $1 }))
        case (.structure(let structure), .structure(let fields)):
            self = .members(
                Dictionary(
                    zip(structure.fields, fields).filter { $0.0.embedded == nil }
                        .map { ($0.name, Tree($1, $0.type)) }, uniquingKeysWith: { $1 }))
        default: self = .none
        }
    }

    /// A name as a key that is equal to no other name's: what is not ASCII is written out.
    private static func key(_ bytes: [UInt8]) -> String {
        let percent = UInt8(ascii: "%")
        if bytes.allSatisfy({ $0 < 0x80 && $0 != percent }) {
            return String(decoding: bytes, as: UTF8.self)
        }
        return bytes.map { byte in
            byte < 0x80 && byte != percent
                ? String(Unicode.Scalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// The member of that name; none when there is no such.
    package subscript(_ name: String) -> Tree {
        get { if case .members(let members) = self { members[name] ?? .none } else { .none } }
        set {
            guard case .members(var members) = self else { return }
            members[name] = newValue
            self = .members(members)
        }
    }

    /// The elements of a list, or none.
    package var elements: [Tree] { if case .list(let trees) = self { trees } else { [] } }

    /// The members of a struct or map, by name, or none.
    package var entries: [(key: String, value: Tree)] {
        guard case .members(let members) = self else { return [] }
        return members.sorted { $0.key < $1.key }
    }

    /// The text, or "".
    package var string: String {
        if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { "" }
    }

    /// The number, or nil.
    package var integer: Int128? { if case .number(let value) = self { value } else { nil } }

    /// True for what says nothing: false, zero, empty, none, or only such.
    package var isZero: Bool {
        switch self {
        case .none, .bool(false), .number(0): true
        case .bool, .number: false
        case .text(let bytes): bytes.isEmpty
        case .list(let trees): trees.allSatisfy(\.isZero)
        case .members(let members): members.values.allSatisfy(\.isZero)
        }
    }
}

extension Tree {
    /// Changes what stands at every place that a path leads to; `*` is any name, `[]` any element.
    ///
    /// - Parameters:
    ///   - path: Names with dots between them.
    ///   - change: What is done there.
    package mutating func change(_ path: String, _ change: (inout Tree) -> Void) {
        self.change(path.split(separator: ".").map(String.init)[...], change)
    }

    /// Changes what stands at every place that a path leads to.
    package mutating func change(_ path: ArraySlice<String>, _ change: (inout Tree) -> Void) {
        guard let name = path.first else { return change(&self) }
        let rest = path.dropFirst()
        switch self {
        case .members(var members):
            for key in name == "*" ? Array(members.keys) : [name] {
                guard var tree = members[key] else { continue }
                tree.change(rest, change)
                members[key] = tree
            }
            self = .members(members)
        case .list(var trees) where name == "[]":
            for index in trees.indices { trees[index].change(rest, change) }
            self = .list(trees)
        case .none, .bool, .number, .text, .list: break
        }
    }

    /// Where two trees differ: paths with what stands on either side.
    package func differences(from other: Tree, at path: String = "") -> [String] {
        if self == other { return [] }
        if case .members(let own) = self, case .members(let others) = other {
            return Set(own.keys).union(others.keys).sorted().flatMap { key in
                (own[key] ?? .none).differences(
                    from: others[key] ?? .none, at: path.isEmpty ? key : "\(path).\(key)")
            }
        }
        if case .list(let own) = self, case .list(let others) = other, own.count == others.count {
            return zip(own, others).enumerated().flatMap { index, pair in
                pair.0.differences(from: pair.1, at: "\(path).\(index)")
            }
        }
        return ["\(path): \(shown) is not \(other.shown)"]
    }

    /// Every value that says something, with its path: `HostConfig.Privileged=true`.
    package func lines(at path: String = "") -> [String] {
        switch self {
        case .none, .bool(false), .number(0): return []
        case .text(let bytes) where bytes.isEmpty: return []
        case .list(let trees) where !trees.isEmpty:
            let lines = trees.enumerated().flatMap { $1.lines(at: "\(path)[\($0)]") }
            // A list of such as say nothing says how many.
            return lines.isEmpty ? ["\(path)=\(trees.count) empty"] : lines
        case .members(let members) where !members.isEmpty:
            let lines = entries.flatMap { $1.lines(at: path.isEmpty ? $0 : "\(path).\($0)") }
            return lines.isEmpty ? ["\(path)=empty"] : lines
        case .bool, .number, .text, .list, .members: return ["\(path)=\(shown)"]
        }
    }

    private var shown: String {
        switch self {
        case .none: "nil"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let bytes): String(decoding: bytes.prefix(80), as: UTF8.self).debugDescription
        case .list(let trees): "[" + trees.prefix(8).map(\.shown).joined(separator: ", ") + "]"
        case .members: "{" + entries.prefix(12).map { "\($0): \($1.shown)" }.joined(separator: ", ") + "}"
        }
    }
}
