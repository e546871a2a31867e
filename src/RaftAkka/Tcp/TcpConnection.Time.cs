using Akka.Remote.Transport;

namespace RaftAkka.Tcp;

/// <content>What time does to a connection: looked at again and again, so that traffic costs no look at the clock.</content>
internal sealed partial class TcpConnection
{
    private volatile bool _isHeard;
    private volatile bool _hasProgressed;
    private int _looks;
    private int _silentLooks;
    private int _stuckLooks;

    /// <summary>The bytes that wait to be sent.</summary>
    public long Unsent
    {
        get
        {
            lock (_gate) return _isClosed ? 0 : _waiting.Count + _underWay.Count;
        }
    }

    /// <summary>The bytes of memory that it holds for what arrives and is sent.</summary>
    public long Held => _input.Held + (_reading.Buffer?.Length ?? 0) + (_writing.Buffer?.Length ?? 0) + Unsent;

    /// <summary>The bytes of its buffer for what arrives, beyond that of an idle connection.</summary>
    public int Input => _isClosed ? 0 : Volatile.Read(ref _countedInput);

    /// <summary>How often in a row it was looked at without a whole frame having arrived.</summary>
    public int SilentLooks => Volatile.Read(ref _silentLooks);

    /// <summary>How often in a row it was looked at while bytes waited, and none were sent.</summary>
    public int StuckLooks => Volatile.Read(ref _stuckLooks);

    /// <summary>Whether the other side has shaken hands.</summary>
    public bool HasHandshake => Volatile.Read(ref _hasHandshake);

    /// <summary>
    /// Looks at the connection once in <see cref="TcpTransport.LookInterval"/>, and closes one that did not shake hands in
    /// time, or is silent, or does not take what is sent to it.
    /// </summary>
    public void Look()
    {
        _looks++;
        var isHeard = _isHeard;
        _isHeard = false;
        Volatile.Write(ref _silentLooks, isHeard ? 0 : _silentLooks + 1);

        var progresses = _hasProgressed || Unsent == 0;
        _hasProgressed = false;
        Volatile.Write(ref _stuckLooks, progresses ? 0 : _stuckLooks + 1);

        if (!_hasHandshake && IsIncoming && _inbound is not null && IsOver(_looks, _settings.HandshakeTimeout))
            WarnAndClose($"no handshake came within {_settings.HandshakeTimeout.TotalSeconds:0.#} s");
        else if (IsOver(_stuckLooks, _settings.SendTimeout))
            CloseAsUnread();
        else if (_settings.Accepted == InboundMessages.Raft && IsOver(_silentLooks, _settings.SilenceTimeout))
            Close(DisassociateInfo.Shutdown);   // Akka's failure detector would do so a moment later, and not forget it.
    }

    /// <summary>Closes it since the other side does not read what is sent to it.</summary>
    public void CloseAsUnread() => WarnAndClose(
        $"{Unsent:N0} bytes wait to be sent to it, and it does not read fast enough (unsent-bytes-max, "
        + "unsent-bytes-total-max, send-timeout)");

    /// <summary>Closes it since it began large frames and does not end them.</summary>
    public void CloseAsUnfinished() => WarnAndClose(
        $"the beginnings of frames on all connections hold more than {_settings.UnfinishedBytesMax:N0} bytes "
        + "(unfinished-bytes-max), and this one waits for the rest the longest");

    private static bool IsOver(int looks, TimeSpan time) => looks * TcpTransport.LookInterval >= time;
}
