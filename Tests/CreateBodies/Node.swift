package import JSON

/// JSON as it is written, not as it is meant: names may stand twice and literals may be none.
package enum Node: Sendable {
    /// A literal, byte for byte: a number, a string with its quotation marks, or what is neither.
    case raw([UInt8])
    /// A list.
    case list([Node])
    /// An object.
    case object([Member])

    /// A member of an object.
    package struct Member: Sendable {
        /// The name as it is written, quotation marks included.
        var name: [UInt8]
        /// What follows the colon.
        var value: Node

        /// Makes a member of a name without anything to escape.
        init(_ name: String, _ value: Node) {
            self.init(written: Array("\"\(name)\"".utf8), value)
        }

        /// Makes a member of a name as it is written.
        init(written name: [UInt8], _ value: Node) {
            self.name = name
            self.value = value
        }

        /// True when the name is written exactly so, in quotation marks.
        func isNamed(_ text: String) -> Bool {
            name.dropFirst().dropLast().elementsEqual(text.utf8)
        }
    }

    /// A literal.
    static func raw(_ text: String) -> Node { .raw(Array(text.utf8)) }

    /// A value as our own writer would write it.
    package init(_ value: JSONValue) {
        switch value {
        case .array(let values): self = .list(values.map { Node($0) })
        case .object(let object):
            self = .object(
                object.members.map { member in
                    Member(written: JSONWriter.bytes(.string(member.name)), Node(member.value))
                })
        case .null, .bool, .number, .string: self = .raw(JSONWriter.bytes(value))
        }
    }

    /// Reads a text of the tables, which is JSON without anything doubtful.
    init(parsing text: String) {
        do {
            self = Node(try JSONReader.value(of: Array(text.utf8), depthLimit: 64))
        } catch {
            // Such a text stands in no table; as it is, it is refused by everybody.
            self = .raw(text)
        }
    }

    /// The text; blanks stand around the parts when `isSpaced`.
    package func bytes(isSpaced: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, isSpaced ? Array(" \n\t".utf8) : [])
        return bytes
    }

    private func write(to bytes: inout [UInt8], _ blank: [UInt8]) {
        switch self {
        case .raw(let literal): bytes += literal
        case .list(let nodes):
            bytes.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += blank
                node.write(to: &bytes, blank)
            }
            bytes += blank
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += blank + member.name + blank
                bytes.append(UInt8(ascii: ":"))
                bytes += blank
                member.value.write(to: &bytes, blank)
            }
            bytes += blank
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

extension Node {
    /// Sets what stands at a path of names, which is made where it is missing.
    mutating func set(_ path: ArraySlice<String>, _ value: Node) {
        guard let name = path.first else {
            self = value
            return
        }
        var members: [Member] = []
        if case .object(let own) = self { members = own }
        if let index = members.firstIndex(where: { $0.isNamed(name) }) {
            members[index].value.set(path.dropFirst(), value)
        } else {
            var made = Node.object([])
            made.set(path.dropFirst(), value)
            members.append(Member(name, made))
        }
        self = .object(members)
    }

    /// How many members all objects in it have.
    var memberCount: Int {
        switch self {
        case .raw: 0
        case .list(let nodes): nodes.reduce(0) { $0 + $1.memberCount }
        case .object(let members): members.reduce(0) { $0 + 1 + $1.value.memberCount }
        }
    }

    /// Changes the object that holds the member of that number, counted through the whole tree.
    ///
    /// - Returns: How many members were passed on the way; nil when it was found.
    @discardableResult
    mutating func changeMember(
        _ number: Int, _ change: (inout [Member], Int) -> Void
    ) -> Int? {
        var left = number
        switch self {
        case .raw: break
        case .list(var nodes):
            for index in nodes.indices {
                guard let passed = nodes[index].changeMember(left, change) else {
                    self = .list(nodes)
                    return nil
                }
                left -= passed
            }
        case .object(var members):
            for index in members.indices {
                if left == 0 {
                    change(&members, index)
                    self = .object(members)
                    return nil
                }
                left -= 1
                guard let passed = members[index].value.changeMember(left, change) else {
                    self = .object(members)
                    return nil
                }
                left -= passed
            }
        }
        return number - left
    }

    /// Changes the literal of that number, counted through the whole tree.
    ///
    /// - Returns: How many literals were passed on the way; nil when it was found.
    @discardableResult
    mutating func changeLiteral(_ number: Int, _ change: (inout [UInt8]) -> Void) -> Int? {
        var left = number
        switch self {
        case .raw(var literal):
            guard left == 0 else { return 1 }
            change(&literal)
            self = .raw(literal)
            return nil
        case .list(var nodes):
            for index in nodes.indices {
                guard let passed = nodes[index].changeLiteral(left, change) else {
                    self = .list(nodes)
                    return nil
                }
                left -= passed
            }
        case .object(var members):
            for index in members.indices {
                guard let passed = members[index].value.changeLiteral(left, change) else {
                    self = .object(members)
                    return nil
                }
                left -= passed
            }
        }
        return number - left
    }

    /// How many literals it holds.
    var literalCount: Int {
        switch self {
        case .raw: 1
        case .list(let nodes): nodes.reduce(0) { $0 + $1.literalCount }
        case .object(let members): members.reduce(0) { $0 + $1.value.literalCount }
        }
    }
}
