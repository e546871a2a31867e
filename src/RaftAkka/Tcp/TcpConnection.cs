using System.Buffers.Binary;
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
    private const int LengthBytes = sizeof(int);
    private const int InputBytes = 64 * 1024;

    // After so many reads in a row it is another socket's turn.
    private const int ReadsMax = 8;

    private readonly Socket _socket;
    private readonly TcpSettings _settings;
    private readonly TcpTransport _transport;
    private readonly ILoggingAdapter _log;
    private readonly Lock _gate = new();
    private readonly SocketAsyncEventArgs _reading = new();
    private readonly SocketAsyncEventArgs _writing = new();

    private IHandleEventListener? _listener;
    private byte[] _input = new byte[InputBytes];
    private int _inputBytes;

    // Behind the gate.
    private FrameBuffer _waiting = new();
    private FrameBuffer _underWay = new();
    private bool _isFlushDue;
    private bool _isSending;
    private bool _isClosed;

    public TcpConnection(
        Socket socket, Address local, Address remote, TcpSettings settings, TcpTransport transport, ILoggingAdapter log)
        : base(local, remote)
    {
        (_socket, _settings, _transport, _log) = (socket, settings, transport, log);
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
            if (_isClosed) return false;

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

#pragma warning disable CS0672 // It is obsolete to call; Akka's own way of calling it with a reason ends here.
    public override void Disassociate()
#pragma warning restore CS0672
    {
        Flush();   // The last word says why it goes.
        Close(DisassociateInfo.Unknown);
    }

    /// <summary>Closes the connection, and says so to the listener, once.</summary>
    public void Close(DisassociateInfo why)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _waiting = _underWay = new FrameBuffer();
        }

        _transport.Forget(this);
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side was faster.
        }

        Dispose();
        _listener?.Notify(new Disassociated(why));
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
        _listener = listener;
        Read();
    }

    private void OnRead()
    {
        var turns = ThreadTurns.TryOpen();
        var goesOn = TakeWhatCame();
        turns?.Close();
        if (goesOn) Read();
    }

    private void Read()
    {
        try
        {
            for (var reads = 0; reads < ReadsMax; reads++)
            {
                _reading.SetBuffer(_input, _inputBytes, _input.Length - _inputBytes);
                if (_socket.ReceiveAsync(_reading)) return;   // OnRead comes.

                var turns = ThreadTurns.TryOpen();
                var goesOn = TakeWhatCame();
                turns?.Close();
                if (!goesOn) return;
            }

            ThreadTurns.OnAnotherThread(Read);
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, and said so.
        }
    }

    /// <returns>Whether to read on.</returns>
    private bool TakeWhatCame()
    {
        if (_reading.SocketError != SocketError.Success || _reading.BytesTransferred == 0)
        {
            Close(_reading.SocketError == SocketError.ConnectionReset ? DisassociateInfo.Shutdown : DisassociateInfo.Unknown);
            return false;
        }

        _inputBytes += _reading.BytesTransferred;
        var at = 0;
        var next = LengthBytes;
        while (_inputBytes - at >= LengthBytes)
        {
            var length = LengthAt(at);
            if (length < 0 || length > _settings.FrameBytesMax)
            {
                _log.Warning(
                    "The connection to {0} is closed: a frame of {1} bytes was announced, and the most are {2}. "
                    + "Whoever speaks there is no Akka.Remote, or has another maximum-frame-size.",
                    RemoteAddress, length, _settings.FrameBytesMax);
                Close(DisassociateInfo.Unknown);
                return false;
            }

            next = LengthBytes + length;
            if (_inputBytes - at < next) break;

            if (length > 0)
                _listener!.Notify(new InboundPayload(ByteString.CopyFrom(_input, at + LengthBytes, length)));
            at += next;
            next = LengthBytes;
        }

        KeepFrom(at, next);
        return true;
    }

    private int LengthAt(int at)
    {
        var bytes = _input.AsSpan(at, LengthBytes);
        return _settings.IsLittleEndian ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    // What is incomplete moves to the front, into a buffer that has room for the whole frame.
    private void KeepFrom(int at, int frameBytes)
    {
        var rest = _inputBytes - at;
        var room = Math.Max(InputBytes, frameBytes);
        var old = _input;
        if (old.Length != room) _input = new byte[room];
        if (rest > 0) Buffer.BlockCopy(old, at, _input, 0, rest);
        _inputBytes = rest;
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
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, and said so.
        }
    }

    private void OnSent()
    {
        var turns = ThreadTurns.TryOpen();
        if (HasSent() && TryTakeWaiting(sends: true)) Send();
        turns?.Close();
    }

    private bool HasSent()
    {
        if (_writing.SocketError == SocketError.Success)
        {
            _underWay.Clear();
            return true;
        }

        Close(DisassociateInfo.Shutdown);
        return false;
    }
}
