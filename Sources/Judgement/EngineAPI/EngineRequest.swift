/// A request as it is written to the engine: every part of it is ours.
package struct EngineRequest: Hashable, Sendable {
    /// The method.
    package let method: Operation.Method
    /// The target, canonical.
    package let target: String
    /// The body's type; nil when there is no body.
    package let contentType: String?
    /// A judged body; nil when there is none or it is a stream.
    package let body: [UInt8]?

    /// Makes a request.
    package init(method: Operation.Method, target: String, contentType: String?, body: [UInt8]?) {
        self.method = method
        self.target = target
        self.contentType = contentType
        self.body = body
    }
}
