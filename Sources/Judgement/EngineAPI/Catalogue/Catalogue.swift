package import Acts

/// Every operation of the Engine API, 1.24 to 1.55, and our own. What is not here does not exist.
package enum Catalogue {
    /// All operations.
    package static let operations: [Operation] =
        containers + executions + images + networks + volumes + system + swarm + services + plugins
        + own

    /// The operations by the first segment of their path.
    private static let families: [String: [Operation]] = {
        var families: [String: [Operation]] = [:]
        for operation in operations {
            guard case .literal(let first)? = operation.path.first else { continue }
            families[first, default: []].append(operation)
        }
        return families
    }()

    /// Finds the operation of a method and a path.
    ///
    /// A path of literals is preferred to one with a placeholder, as the engine's router does.
    ///
    /// - Parameters:
    ///   - method: The method, exactly.
    ///   - segments: The path's segments without a version, none of them empty.
    /// - Returns: The operation and what stands at its placeholder, or nil.
    package static func find(
        _ method: Operation.Method, _ segments: [Substring]
    ) -> (operation: Operation, subject: String?)? {
        guard let first = segments.first, let family = families[String(first)] else { return nil }
        var found: (Operation, String?)?
        for operation in family where operation.method == method {
            guard let match = Self.match(operation.path, segments) else { continue }
            if match.subject == nil { return (operation, nil) }
            found = found ?? (operation, match.subject)
        }
        return found
    }

    /// The methods under which a path exists; none when it does not.
    package static func methods(of segments: [Substring]) -> [Operation.Method] {
        guard let first = segments.first, let family = families[String(first)] else { return [] }
        let found = family.filter { match($0.path, segments) != nil }.map(\.method)
        return Operation.Method.allCases.filter(found.contains)
    }

    /// What a path asks about that cannot exist: an object of a kind whose names hold no slash, asked
    /// for by one that does. `docker inspect a/b` asks every kind in turn and goes on after a 404.
    package static func impossible(
        _ method: Operation.Method, _ segments: [Substring]
    ) -> (kind: ObjectKind, name: String)? {
        guard method == .get, let first = segments.first, let family = families[String(first)]
        else {
            return nil
        }
        for operation in family where operation.method == .get && !operation.enters {
            guard let kind = operation.subject, let hole = operation.path.firstIndex(of: .one)
            else {
                continue
            }
            var path = operation.path
            path[hole] = .several
            guard let name = match(path, segments)?.subject, Name.isValid(name, for: .image) else {
                continue
            }
            return (kind, name)
        }
        return nil
    }

    private static func match(
        _ path: [Operation.Segment], _ segments: [Substring]
    ) -> (subject: String?, Void)? {
        guard let hole = path.firstIndex(where: { $0 == .one || $0 == .several }) else {
            guard path.count == segments.count, literals(path[...], match: segments[...]) else {
                return nil
            }
            return (nil, ())
        }
        let tail = path.count - hole - 1
        let taken = segments.count - hole - tail
        guard path[hole] == .several ? taken >= 1 : taken == 1,
            literals(path[..<hole], match: segments[..<hole]),
            literals(path[(hole + 1)...], match: segments[(hole + taken)...])
        else { return nil }
        return (segments[hole..<hole + taken].joined(separator: "/"), ())
    }

    private static func literals(
        _ path: ArraySlice<Operation.Segment>, match segments: ArraySlice<Substring>
    ) -> Bool {
        zip(path, segments).allSatisfy { part, segment in
            if case .literal(let text) = part {
                text.utf8.elementsEqual(segment.utf8)
            } else {
                false
            }
        }
    }
}
