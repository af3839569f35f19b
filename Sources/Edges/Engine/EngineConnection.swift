package import NIOCore

/// Who a connection to the engine works for. Everything happens on the connection's loop.
package protocol EngineConnectionUser: AnyObject {
    /// Bytes came from the engine.
    func engineDidSend(_ bytes: ByteBuffer)
    /// No more bytes for now: the time to flush.
    func engineDidPause()
    /// The engine has ended its side; the other side may go on.
    func engineDidEnd()
    /// Writing is possible again, or not for now.
    func engineWritabilityChanged()
    /// The connection is gone.
    func engineDidClose()
}

/// One connection to the engine, confined to its event loop.
///
/// Reading is asked for, one read at a time, so backpressure is the user's decision. An idle
/// connection reads too: that is how it learns that the engine has closed.
package final class EngineConnection: ChannelInboundHandler {
    /// Bytes as they come off the socket.
    package typealias InboundIn = ByteBuffer
    /// Bytes as they go out.
    package typealias OutboundOut = ByteBuffer

    /// Who is told of what happens; nil while the connection is idle.
    package weak var user: (any EngineConnectionUser)?
    /// How many requests were sent over it before.
    package internal(set) var uses = 0

    /// Why the connection was closed by an error; nil when there was none.
    package private(set) var failure: (any Error)?

    private var context: ChannelHandlerContext?
    private var wantsRead = false
    private var isReading = false
    private weak var pool: EnginePool?

    init(pool: EnginePool) {
        self.pool = pool
    }

    /// True while bytes can be sent.
    package var isActive: Bool { context?.channel.isActive ?? false }

    /// False when the socket's buffer is full.
    package var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Sends bytes at the next flush.
    package func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// Sends what was written.
    package func flush() {
        context?.flush()
    }

    /// Asks for one more read.
    package func read() {
        if isReading {
            wantsRead = true
        } else {
            context?.read()
        }
    }

    /// Ends our side; the engine may still send.
    package func endOutput() {
        context?.close(mode: .output, promise: nil)
    }

    /// Ends the connection.
    package func close() {
        user = nil
        context?.close(promise: nil)
    }

    // MARK: ChannelInboundHandler

    /// The handler joins a channel.
    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { context.read() }
    }

    /// The handler leaves its channel.
    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// The socket is connected.
    package func channelActive(context: ChannelHandlerContext) {
        context.read()
    }

    /// Bytes came.
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        guard let user else {
            // Nobody asked: an engine that speaks unasked is not to be trusted with a request.
            context.close(promise: nil)
            return
        }
        user.engineDidSend(unwrapInboundIn(data))
    }

    /// No more bytes for now.
    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        user?.engineDidPause()
        if wantsRead || user == nil {
            wantsRead = false
            context.read()
        }
    }

    /// The engine has ended its side.
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        if let user {
            user.engineDidEnd()
        } else {
            context.close(promise: nil)
        }
    }

    /// Writing is possible again, or not for now.
    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        user?.engineWritabilityChanged()
    }

    /// The connection is gone.
    package func channelInactive(context: ChannelHandlerContext) {
        pool?.remove(self)
        let user = self.user
        self.user = nil
        user?.engineDidClose()
    }

    /// Something failed: the connection cannot be used further.
    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = error
        context.close(promise: nil)
    }
}
