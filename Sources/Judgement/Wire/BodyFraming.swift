/// How the end of a message's body is found (RFC 9112 §6).
package enum BodyFraming: Hashable, Sendable {
    /// There is no body.
    case none
    /// Exactly so many bytes.
    case length(Int)
    /// Chunks, ended by an empty one.
    case chunked
    /// Everything until the sender closes; only answers may be framed so.
    case untilClose
}

/// Why a body was refused.
package enum BodyFailure: Error, Hashable, Sendable {
    /// A chunk line is not one to eight hexadecimal digits and CR LF; extensions are not accepted.
    case badChunk
    /// Fields follow the last chunk.
    case trailer
    /// The sender ended before the body did.
    case incomplete

    /// One sentence for the client.
    package var sentence: String {
        switch self {
        case .badChunk: "a chunk of the body is not framed as size, CR LF, data, CR LF"
        case .trailer: "trailer fields are not accepted"
        case .incomplete: "the connection ended before the body did"
        }
    }
}
