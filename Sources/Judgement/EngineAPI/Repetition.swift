import JSON

// docker-modem, on which dockerode and with it testcontainers for Node.js and many tools stand, sends
// what it is given as query and as body alike (`lib/modem.js`), and Portainer's pages repeat a
// container's name in the body. Engines read each thing in one place. So do we: the repetition is left
// out, whatever it says, and never sent on.
extension Operation {
    /// True for a name in the query that is a field of the operation's body, in its exact spelling.
    func isRepeated(inQuery name: String) -> Bool {
        guard case .json(let kind) = body, case .object(let fields) = Shape.of(kind) else {
            return false
        }
        return fields.fields.contains { Spelling.isSame($0.name, name) }
    }
}

extension Call {
    /// True for a JSON body of an operation without one that says nothing beyond the query: each field
    /// has the exact name of one of the operation's parameters.
    ///
    /// - Parameter body: The whole body.
    /// - Returns: Whether it may be left out.
    package func repeatsQuery(_ body: [UInt8]) -> Bool {
        guard body.count <= 1 << 16, let value = try? JSONReader.value(of: body),
            let object = value.object
        else { return false }
        return object.members.allSatisfy { member in
            operation.parameters.contains { Spelling.isSame($0.name, member.name) }
        }
    }
}
