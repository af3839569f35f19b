/// Why a message head was refused. Nothing is repaired: one spelling is accepted, the rest refused.
package enum HeadFailure: Error, Hashable, Sendable {
    /// The head is longer than the limit, in bytes.
    case tooLong(limit: Int)
    /// There are more fields than the limit.
    case tooManyFields(limit: Int)
    /// A control byte, or a CR or LF that is no line's end (RFC 9112 §2.2).
    case controlByte
    /// The first byte starts no HTTP request, for example a TLS record on a plain socket.
    case notHTTP
    /// The request line is not `METHOD SP target SP HTTP/1.1` (RFC 9112 §3).
    case badRequestLine
    /// The status line is not `HTTP/1.1 SP 3DIGIT SP reason` (RFC 9112 §4).
    case badStatusLine
    /// The method is none that the Engine API or HTTP knows.
    case unknownMethod
    /// Another version than HTTP/1.1.
    case unsupportedVersion
    /// A field line without a name, with a blank before its colon, or folded (RFC 9112 §5).
    case badFieldLine
    /// A field that may stand once stands twice.
    case duplicateField(FieldName)
    /// No Host field, or one that is no host (RFC 9112 §3.2).
    case badHost
    /// Content-Length is not a plain decimal number, or it is longer than 15 digits.
    case badContentLength
    /// Content-Length and Transfer-Encoding together: the classic smuggling pair (RFC 9112 §6.1).
    case conflictingFraming
    /// Transfer-Encoding is something else than exactly `chunked`.
    case unsupportedTransferEncoding
    /// Trailer fields are announced; none are accepted.
    case unsupportedTrailer
    /// Expect is something else than `100-continue` (RFC 9110 §10.1.1).
    case unsupportedExpectation
    /// Connection names a field, or a token other than close, keep-alive and upgrade.
    case unsupportedConnectionOption
    /// Upgrade and Connection do not agree.
    case badUpgrade

    /// The status code that a client is answered with.
    package var status: Int {
        switch self {
        case .tooLong, .tooManyFields: 431
        case .unknownMethod, .unsupportedTransferEncoding: 501
        case .unsupportedVersion: 505
        case .unsupportedExpectation: 417
        case .controlByte, .notHTTP, .badRequestLine, .badStatusLine, .badFieldLine,
            .duplicateField, .badHost, .badContentLength, .conflictingFraming,
            .unsupportedTrailer, .unsupportedConnectionOption, .badUpgrade:
            400
        }
    }

    /// One sentence, without the message's own bytes: what was wrong and what is accepted.
    package var sentence: String {
        switch self {
        case .tooLong(let limit): "the request head is longer than \(limit) bytes"
        case .tooManyFields(let limit): "the request has more than \(limit) header fields"
        case .controlByte:
            "the request head holds a control byte, or a line that does not end in CR LF"
        case .notHTTP: "this is no HTTP request"
        case .badRequestLine: "the request line is not METHOD /target HTTP/1.1"
        case .badStatusLine: "the status line is not HTTP/1.1 with a three-digit status"
        case .unknownMethod: "the method is none of GET, HEAD, POST, PUT and DELETE"
        case .unsupportedVersion: "only HTTP/1.1 is spoken here"
        case .badFieldLine: "a header line is not of the form Name: value"
        case .duplicateField(let name): "the header \(name.rawValue) stands twice"
        case .badHost: "the request needs exactly one Host header that names a host"
        case .badContentLength: "Content-Length is not a plain decimal number"
        case .conflictingFraming:
            "Content-Length and Transfer-Encoding stand together; a request has one of them"
        case .unsupportedTransferEncoding: "the only Transfer-Encoding accepted is chunked"
        case .unsupportedTrailer: "trailer fields are not accepted"
        case .unsupportedExpectation: "the only expectation accepted is 100-continue"
        case .unsupportedConnectionOption:
            "the Connection header may only say close, keep-alive or Upgrade"
        case .badUpgrade: "Upgrade and Connection: Upgrade go together"
        }
    }
}
