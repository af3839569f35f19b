import Identity

/// Who is at the other end of a connection, as far as it has been proven.
enum Peer: Sendable {
    /// Nobody has proven anything yet.
    case unknown
    /// The holder of a certificate whose chain the handshake has verified, and the identity that it
    /// meant then; "" for nobody.
    case certificate(PeerCertificate, identity: String)
    /// A user of this host, told by the kernel (unix(7), SO_PEERCRED), on a socket of an identity.
    case unixUser(UInt32, identity: String)
    /// Somebody whose proof could not be read.
    case unreadable(String)

    /// The identity; "" while there is none.
    var identity: String {
        switch self {
        case .certificate(_, let identity): identity
        case .unixUser(_, let identity): identity
        case .unknown, .unreadable: ""
        }
    }
}
