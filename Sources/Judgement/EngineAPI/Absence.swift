package import Acts

/// How an engine says that something does not exist. What a tenant may not see is said alike.
package enum Absence {
    /// The engine's own sentence; clients match on it (docker-py on "No such image").
    package static func message(_ reference: Reference) -> String {
        let text = reference.text
        return switch reference.kind {
        case .container: "No such container: \(text)"
        case .exec: "No such exec instance: \(text)"
        case .image: "No such image: \(text)"
        case .network: "network \(text) not found"
        case .volume: "get \(text): no such volume"
        case .service: "service \(text) not found"
        case .task: "task \(text) not found"
        case .secret: "secret \(text) not found"
        case .config: "config \(text) not found"
        case .node: "node \(text) not found"
        case .plugin: "plugin \"\(text)\" not found"
        case .engine: "page not found"
        }
    }
}
