using System.Net.Sockets;
using Akka.Remote.Transport;
using Google.Protobuf;
using RaftAkka.Dispatch;
using RaftAkka.Inbound;

namespace RaftAkka.Tcp;

/// <content>What arrives.</content>
internal sealed partial class TcpConnection
{
    // After so many reads in a row it is another socket's turn.
    private const int ReadsMax = 8;

    // Akka's handshake has some 100 bytes, and names of hosts at most 255.
    private const int FirstFrameBytesMax = 4 * 1024 - sizeof(int);

    // Held beyond the buffer of an idle connection, as the transport has counted it.
    private int _countedInput;
    private bool _hasHandshake;

    private void OnRead()
    {
        if (TakeWithTurns()) Read();
        else EndReading();
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
                if (TakeWithTurns()) continue;

                EndReading();
                return;
            }

            ThreadTurns.OnAnotherThread(Read);
        }
        catch (ObjectDisposedException)
        {
            EndReading();   // Closed meanwhile, and said so.
        }
        catch (Exception e)
        {
            Break(e);
            EndReading();
        }
    }

    // On the thread that read last: nothing is written into the buffer any more.
    private void EndReading()
    {
        _reading.SetBuffer(null, 0, 0);
        _reading.Dispose();
        _input.Release();
        CountInput();
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
            Close(IsGoneForGood ? DisassociateInfo.Shutdown : DisassociateInfo.Unknown);
            return false;
        }

        _input.Add(_reading.BytesTransferred);
        while (!_isEnding)
        {
            switch (_input.Next(out var length, out var payload))
            {
                case FrameReader.Found.Part:
                    return !_isClosed && CountInput();

                case FrameReader.Found.WrongLength:
                    WarnAndClose(
                        $"a frame of {length} bytes was announced, and the most are {_input.FrameBytesMax}. The other side does "
                        + "not speak Akka.Remote, or has another maximum-frame-size");
                    return false;

                default:
                    if (length > 0 && !Take(payload)) return false;
                    break;
            }
        }

        _input.Clear();
        return !_isClosed;
    }

    // A connection that ends without a word may come back, says Akka, and keeps what it knows of the other side for days,
    // for system messages that it may owe it. Where there are none, it is gone for good.
    private bool IsGoneForGood =>
        _settings.Accepted == InboundMessages.Raft || _reading.SocketError == SocketError.ConnectionReset;

    /// <returns>Whether to read on.</returns>
    private bool Take(ReadOnlySpan<byte> frame)
    {
        var verdict = _inbound?.Judge(frame) ?? Verdict.Pass;
        switch (verdict)
        {
            case Verdict.Pass:
            case Verdict.Replace:
                if (!_hasHandshake && !OnHandshake()) return false;
                _isHeard = true;
                _listener?.Notify(new InboundPayload(
                    verdict == Verdict.Pass ? ByteString.CopyFrom(frame) : ByteString.CopyFrom(_inbound!.Replacement)));
                return !_isClosed;

            case Verdict.Close:
                WarnAndClose($"it {_inbound!.Reason}");
                return false;

            case Verdict.Drop:
                _transport.Warnings.Warn(Host,
                    $"A message from {_inbound!.Origin ?? RemoteAddress} ({Host}) was dropped unread: {_inbound.Reason}. "
                    + "Only Raft's messages are taken here (akka.remote.dot-netty.tcp.inbound-messages).");
                return true;

            default:
                return true;
        }
    }

    private bool OnHandshake()
    {
        lock (_gate)
        {
            if (_isClosed) return false;   // And was counted as one without.
            _hasHandshake = true;
        }

        _input.FrameBytesMax = _settings.FrameBytesMax;
        _transport.OnHandshake(this);
        return !_isClosed;
    }

    private void WarnAndClose(string why)
    {
        _transport.Warnings.Warn(Host, $"The connection {(IsIncoming ? "from" : "to")} {RemoteAddress} is closed: {why}.");
        Close(DisassociateInfo.Shutdown);
    }

    /// <returns>Whether the connection is still open.</returns>
    private bool CountInput()
    {
        var held = Math.Max(0, _input.Held - FrameReader.IdleBytes);
        if (held == _countedInput) return true;

        _transport.CountInput(held - _countedInput);
        (_countedInput, var before) = (held, _countedInput);
        if (held > before && _transport.HoldsTooMuchInput) _transport.CloseWhatIsMostUnfinished();
        return !_isClosed;
    }
}
