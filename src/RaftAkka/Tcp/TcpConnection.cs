using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using Google.Protobuf;
using RaftAkka.Dispatch;

namespace RaftAkka.Tcp;

/// <summary>
/// One connection: frames of four bytes of length and a payload. What arrives goes to the listener in order. What is
/// written is sent in order: together behind the turns of the thread that wrote it, or, while a send is under way, when
/// that has ended. Any thread may write; one at a time reads.
/// </summary>
internal sealed class TcpConnection : AssociationHandle, ThreadTurns.IOutput, IDisposable
{
    // After so many reads in a row it is another socket's turn.
    private const int ReadsMax = 8;

    // With so much before it, a write is refused, and Akka keeps the message and tries again. Far more than Raft has under
    // way, far less than an array can hold.
    private const int WaitingBytesMax = 64 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly TcpSettings _settings;
    private readonly TcpTransport _transport;
    private readonly ILoggingAdapter _log;
    private readonly FrameReader _input;
    private readonly Lock _gate = new();

    // True: neither of them carries on what the thread that began it had as its execution context.
    private readonly SocketAsyncEventArgs _reading = new(true);
    private readonly SocketAsyncEventArgs _writing = new(true);

    // Behind the gate. It ends when it was disassociated: it sends what is left, and drops what still comes.
    private IHandleEventListener? _listener;
    private FrameBuffer _waiting = new();
    private FrameBuffer _underWay = new();
    private bool _isFlushDue;
    private bool _isSending;
    private volatile bool _isEnding;
    private bool _isClosed;
    private DisassociateInfo _whyClosed;

    public TcpConnection(
        Socket socket, Address local, Address remote, TcpSettings settings, TcpTransport transport, ILoggingAdapter log)
        : base(local, remote)
    {
        (_socket, _settings, _transport, _log) = (socket, settings, transport, log);
        _input = new FrameReader(settings.FrameBytesMax, settings.IsLittleEndian);
        _reading.Completed += (_, _) => OnRead();
        _writing.Completed += (_, _) => OnSent();
        ReadHandlerSource.Task.ContinueWith(
            (listener, me) => ((TcpConnection)me!).Start(listener.Result), this, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
    }

    public override bool Write(ByteString payload)
    {
        lock (_gate)
        {
            if (_isEnding || _isClosed || _waiting.Count > WaitingBytesMax) return false;

            _waiting.Add(payload.Span, _settings.IsLittleEndian);
            if (_isFlushDue || _isSending) return true;
            _isFlushDue = true;
        }

        if (ThreadTurns.Current is { } turns) turns.FlushAtEnd(this);
        else Flush();
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
        lock (_gate)
        {
            if (_isClosed) return;
            (_isClosed, _whyClosed) = (true, why);
            _waiting = _underWay = new FrameBuffer();
            listener = _listener;
        }

        _transport.Forget(this);
        Shutdown(SocketShutdown.Both);
        Dispose();
        listener?.Notify(new Disassociated(why));
    }

    /// <summary>Lets go of the socket; what is under way ends with it. <see cref="Close"/> also says so.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _reading.Dispose();
        _writing.Dispose();
    }

    private void Start(IHandleEventListener listener)
    {
        lock (_gate)
        {
            _listener = listener;
            if (!_isClosed) listener = null!;
        }

        if (listener is null) Read();
        else listener.Notify(new Disassociated(_whyClosed));   // It closed when there was nobody to hear of it.
    }

    private void OnRead()
    {
        if (TakeWithTurns()) Read();
    }

    private void Read()
    {
        try
        {
            for (var reads = 0; reads < ReadsMax; reads++)
            {
                var free = _input.Free;
                _reading.SetBuffer(free.Array, free.Offset, free.Count);
                if (_socket.ReceiveAsync(_reading)) return;   // OnRead comes.
                if (!TakeWithTurns()) return;
            }

            ThreadTurns.OnAnotherThread(Read);
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, and said so.
        }
        catch (Exception e)
        {
            Break(e);
        }
    }

    /// <returns>Whether to read on.</returns>
    private bool TakeWithTurns()
    {
        var turns = ThreadTurns.TryOpen();
        try
        {
            return TakeWhatCame();
        }
        catch (Exception e)
        {
            Break(e);
            return false;
        }
        finally
        {
            turns?.Close();
        }
    }

    private bool TakeWhatCame()
    {
        if (_reading.SocketError != SocketError.Success || _reading.BytesTransferred == 0)
        {
            Close(_reading.SocketError == SocketError.ConnectionReset ? DisassociateInfo.Shutdown : DisassociateInfo.Unknown);
            return false;
        }

        _input.Add(_reading.BytesTransferred);
        while (!_isEnding)
        {
            switch (_input.Next(out var length, out var payload))
            {
                case FrameReader.Found.Part:
                    return true;

                case FrameReader.Found.WrongLength:
                    _log.Warning(
                        "The connection to {0} is closed: a frame of {1} bytes was announced, and the most are {2}. "
                        + "Whoever speaks there is no Akka.Remote, or has another maximum-frame-size.",
                        RemoteAddress, length, _settings.FrameBytesMax);
                    Close(DisassociateInfo.Unknown);
                    return false;

                default:
                    if (length > 0) _listener!.Notify(new InboundPayload(ByteString.CopyFrom(payload)));
                    break;
            }
        }

        _input.Clear();
        return true;
    }

    private bool TryTakeWaiting(bool sends)
    {
        lock (_gate)
        {
            if (!sends) _isFlushDue = false;
            if (_isClosed || _isSending != sends) return false;
            if (_waiting.Count == 0)
            {
                _isSending = false;
                return false;
            }

            (_waiting, _underWay) = (_underWay, _waiting);
            _isSending = true;
            return true;
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
            // Closed meanwhile, and said so.
        }
        catch (Exception e)
        {
            Break(e);
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
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, and said so.
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
        if (_writing.SocketError == SocketError.Success)
        {
            _underWay.Clear();
            if (_underWay.Bytes.Length == 0) _writing.SetBuffer(null, 0, 0);   // After a flood it would hold all of it.
            return true;
        }

        Close(DisassociateInfo.Shutdown);
        return false;
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
        _log.Error(e, "The connection to {0} is closed: an error of this program.", RemoteAddress);
        Close(DisassociateInfo.Unknown);
    }
}
