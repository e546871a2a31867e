using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using Google.Protobuf;
using RaftAkka.Dispatch;
using RaftAkka.Inbound;

namespace RaftAkka.Tcp;

/// <summary>
/// One connection: frames of four bytes of length and a payload. What arrives goes through the gate to the listener, in
/// order. What is written is sent in order: together behind the turns of the thread that wrote it, or, while a send is
/// under way, when that has ended. Any thread may write; one at a time reads.
/// </summary>
/// <remarks>
/// Akka refers to a connection long after it has closed, so a closed one holds neither buffers nor a listener.
/// </remarks>
internal sealed partial class TcpConnection : AssociationHandle, ThreadTurns.IOutput, IDisposable
{
    private readonly Socket _socket;
    private readonly TcpSettings _settings;
    private readonly TcpTransport _transport;
    private readonly InboundGate? _inbound;
    private readonly FrameReader _input;
    private readonly Lock _gate = new();

    // True: neither of them carries on what the thread that began it had as its execution context.
    private readonly SocketAsyncEventArgs _reading = new(true);
    private readonly SocketAsyncEventArgs _writing = new(true);

    // Behind the gate. It ends when it was disassociated: it sends what is left, and drops what still comes.
    private readonly SendQueue _waiting = new();
    private SendQueue.Chunk _underWay;
    private IHandleEventListener? _listener;
    private bool _isFlushDue;
    private bool _isSending;
    private bool _isReading;
    private volatile bool _isEnding;
    private volatile bool _isClosed;
    private DisassociateInfo _whyClosed;

    public TcpConnection(
        Socket socket, Address local, Address remote, IPAddress host, TcpTransport transport, InboundGate? inbound)
        : base(local, remote)
    {
        (_socket, Host, _transport, _inbound) = (socket, host, transport, inbound);
        _settings = transport.Settings;

        // Before the handshake a frame has no room to be large.
        _input = new FrameReader(inbound is null ? _settings.FrameBytesMax : FirstFrameBytesMax, _settings.IsLittleEndian);
        _reading.Completed += (_, _) => OnRead();
        _writing.Completed += (_, _) => OnSent();
        ReadHandlerSource.Task.ContinueWith(
            (listener, me) => ((TcpConnection)me!).Start(listener.Result), this, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
    }

    /// <summary>The other side's address, without a port.</summary>
    public IPAddress Host { get; }

    /// <summary>Whether the other side made the connection.</summary>
    public required bool IsIncoming { get; init; }

    /// <summary>
    /// Takes a frame to send. With too much unsent it closes the connection: told that it cannot write, Akka would keep all
    /// messages in memory, without a limit, and try again.
    /// </summary>
    public override bool Write(ByteString payload)
    {
        long unsent;
        bool flushes;
        lock (_gate)
        {
            if (_isEnding || _isClosed) return false;

            _waiting.Add(payload.Span, _settings.IsLittleEndian);
            unsent = _waiting.Count + _underWay.Count;
            flushes = !_isFlushDue && !_isSending;
            if (flushes) _isFlushDue = true;
            _transport.CountUnsent(sizeof(int) + payload.Length);
        }

        if (unsent > _settings.UnsentBytesMax) CloseAsUnread();
        else if (_transport.HoldsTooMuchUnsent) _transport.CloseWhatIsMostUnread();

        if (flushes && ThreadTurns.Current is { } turns) turns.FlushAtEnd(this);
        else if (flushes) Flush();
        return true;
    }

    public void Flush()
    {
        if (TryTakeWaiting(sends: false)) Send();
    }

    /// <summary>
    /// Sends what was written, then closes. Not at once: a socket that is closed while something comes in throws away what
    /// it has not sent, and with it the last word, which says why it goes. The other side closes when it has heard that; if
    /// it does not, the transport closes this one soon.
    /// </summary>
#pragma warning disable CS0672 // It is obsolete to call; Akka's own way of calling it with a reason ends here.
    public override void Disassociate()
#pragma warning restore CS0672
    {
        lock (_gate)
        {
            if (_isEnding || _isClosed) return;
            _isEnding = true;
        }

        Flush();
        SayEndIfAllIsSent();
        _transport.CloseSoon(this);
    }

    /// <summary>Closes the connection, and says so to the listener, once.</summary>
    public void Close(DisassociateInfo why)
    {
        IHandleEventListener? listener;
        long unsent;
        bool isReading, isSending;
        lock (_gate)
        {
            if (_isClosed) return;
            (_isClosed, _whyClosed) = (true, why);
            (listener, _listener) = (_listener, null);
            (isReading, isSending) = (_isReading, _isSending);
            unsent = _waiting.Count + _underWay.Count;
            _waiting.Clear();
            if (!isSending) _underWay = default;
        }

        _transport.CountUnsent(-unsent);
        _transport.Forget(this);
        Shutdown(SocketShutdown.Both);
        _socket.Dispose();

        // What is under way ends with the socket; then its thread gives the buffer back.
        if (!isReading) EndReading();
        if (!isSending) _writing.Dispose();
        listener?.Notify(new Disassociated(why));
    }

    /// <summary>The same, said to nobody.</summary>
    public void Dispose()
    {
        lock (_gate) _listener = null;
        Close(DisassociateInfo.Unknown);
    }

    private void Start(IHandleEventListener listener)
    {
        lock (_gate)
        {
            if (!_isClosed) (_listener, _isReading, listener) = (listener, true, null!);
        }

        if (listener is null) Read();
        else listener.Notify(new Disassociated(_whyClosed));   // It closed when there was nobody to hear of it.
    }

    private bool TryTakeWaiting(bool sends)
    {
        lock (_gate)
        {
            if (!sends) _isFlushDue = false;
            if (_isClosed || _isSending != sends) return false;

            _isSending = _waiting.TryTake(out _underWay);
            return _isSending;
        }
    }

    private void Send()
    {
        try
        {
            do
            {
                _writing.SetBuffer(_underWay.Bytes, 0, _underWay.Count);
                if (_socket.SendAsync(_writing)) return;   // OnSent comes.
            }
            while (HasSent() && TryTakeWaiting(sends: true));

            SayEndIfAllIsSent();
        }
        catch (ObjectDisposedException)
        {
            EndSending();   // Closed meanwhile, and said so.
        }
        catch (Exception e)
        {
            Break(e);
            EndSending();
        }
    }

    private void OnSent()
    {
        var turns = ThreadTurns.TryOpen();
        try
        {
            if (!HasSent()) return;
            if (TryTakeWaiting(sends: true)) Send();
            else SayEndIfAllIsSent();
        }
        catch (Exception e)
        {
            Break(e);
        }
        finally
        {
            turns?.Close();
        }
    }

    private bool HasSent()
    {
        var isSent = _writing.SocketError == SocketError.Success;
        _hasProgressed = true;
        SendQueue.Chunk sent;
        bool isClosed;
        lock (_gate)
        {
            (sent, _underWay, isClosed) = (_underWay, default, _isClosed);
            if (isClosed) _isSending = false;
        }

        _writing.SetBuffer(null, 0, 0);
        SendQueue.Return(sent);
        if (isClosed)
        {
            _writing.Dispose();
            return false;   // Closing has counted it as sent.
        }

        _transport.CountUnsent(-sent.Count);
        if (isSent) return true;

        lock (_gate) _isSending = false;
        Close(DisassociateInfo.Shutdown);
        return false;
    }

    // It is closed, and the socket took nothing more.
    private void EndSending()
    {
        SendQueue.Chunk unsent;
        lock (_gate)
        {
            if (!_isSending) return;
            (unsent, _underWay, _isSending) = (_underWay, default, false);
        }

        _writing.SetBuffer(null, 0, 0);
        _writing.Dispose();
        SendQueue.Return(unsent);
    }

    private void SayEndIfAllIsSent()
    {
        bool isHeard;
        lock (_gate)
        {
            if (!_isEnding || _isClosed || _isSending || _waiting.Count > 0) return;
            isHeard = _listener is not null;
        }

        // The other side's end is noticed by reading, which begins when there is a listener.
        if (!isHeard || !Shutdown(SocketShutdown.Send)) Close(DisassociateInfo.Unknown);
    }

    private bool Shutdown(SocketShutdown what)
    {
        try
        {
            _socket.Shutdown(what);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;   // The other side was faster.
        }
    }

    // This is a thread of .NET's, on which an exception that nobody expects would end the process.
    private void Break(Exception e)
    {
        _transport.Log.Error(e, "The connection to {0} is closed: an error of this program.", RemoteAddress);
        Close(DisassociateInfo.Unknown);
    }
}
