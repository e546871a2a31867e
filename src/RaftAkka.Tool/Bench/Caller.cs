namespace RaftAkka.Tool.Bench;

/// <summary>
/// One of those who call at the same time: has one operation under way at most, and keeps its things from one to the
/// next. There is no async method here, since each of its turns would cost an allocation.
/// </summary>
internal sealed class Caller
{
    // Whoever is turned away at once must not come back at once, again and again.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(10);

    // A target copies what it gets, so all callers on a thread can use the same bytes.
    [ThreadStatic] private static byte[]? t_key;
    [ThreadStatic] private static byte[]? t_value;

    private readonly int _number;
    private readonly IBenchTarget _target;
    private readonly Ledger _ledger;
    private readonly BenchClock _clock;
    private readonly int _valueBytes;
    private readonly Action _onEnded;

    private Loop _loop = null!;
    private Work _work;
    private Task _call = Task.CompletedTask;
    private bool _isPausing;
    private Acknowledged _before;
    private long _stamp;
    private long _writes;

    public Caller(int number, IBenchTarget target, Ledger ledger, BenchClock clock, int valueBytes)
    {
        (_number, _target, _ledger, _clock, _valueBytes) = (number, target, ledger, clock, valueBytes);
        _onEnded = OnEnded;
        Random = new Chance((ulong)number);
    }

    /// <summary>This caller's chance: a field, because it changes where it is.</summary>
    public Chance Random;

    /// <summary>Works in a loop until that has nothing more to do.</summary>
    public void Run(Loop loop)
    {
        Join(loop);
        Proceed();
    }

    /// <summary>Belongs to a loop from now on, and waits for its work.</summary>
    public void Join(Loop loop) => _loop = loop;

    /// <summary>Begins with this operation, and then works until the loop has nothing more to do.</summary>
    public void RunFrom(Work work)
    {
        _work = work;
        if (!IsEndedAtOnce()) return;

        Settle();
        Proceed();
    }

    private void Proceed()
    {
        while (_isPausing || _loop.TryNext(this, out _work))
        {
            if (!IsEndedAtOnce()) return;
            Settle();
        }
    }

    private void OnEnded()
    {
        try
        {
            Settle();
            Proceed();
        }
        catch (Exception bug)
        {
            _loop.Break(bug);
        }
    }

    private bool IsEndedAtOnce()
    {
        _call = _isPausing ? Task.Delay(PauseAfterFailure) : Begin();
        if (_call.IsCompleted) return true;

        _call.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onEnded);
        return false;
    }

    private Task Begin()
    {
        var key = t_key ??= new byte[BenchKey.Bytes];
        BenchKey.Write(_work.Key, key);
        if (_work.IsRead)
        {
            _before = _ledger.Last(_work.Key);
            return _target.Get(_number, key);
        }

        var value = t_value?.Length == _valueBytes ? t_value : t_value = Filler();
        _stamp = Stamp.Of(_number, _writes++);
        Stamp.Write(_stamp, value);
        return _target.Put(_number, key, value);
    }

    private void Settle()
    {
        if (_isPausing)
        {
            _isPausing = false;
            return;
        }

        var now = _clock.Now;
        var measurements = _loop.Measurements;
        if (!_call.IsCompletedSuccessfully)
        {
            Fail(measurements);
            return;
        }

        if (_work.IsRead)
            measurements.Judged(Ledger.Judge(_before, _target.ReadingOf(_call)));
        else
            _ledger.Acknowledge(_work.Key, new Acknowledged(_target.RevisionOf(_call), _stamp));
        measurements.Succeeded(_number, _work.Intended, now);
    }

    private void Fail(Measurements measurements)
    {
        var failure = _call.Exception?.InnerException ?? new TaskCanceledException(_call);
        if (_target.Classify(failure) is not { } kind)
        {
            _loop.Break(failure);
            return;
        }

        measurements.Failed(_work.Intended, kind, failure.Message);
        _isPausing = true;
    }

    // Not all the same byte, so that nothing on the way is tempted to compress it; and the same in every run.
    private byte[] Filler()
    {
        var value = new byte[_valueBytes];
        var chance = new Chance(seed: 1);
        for (var i = 0; i < value.Length; i++) value[i] = (byte)chance.Next();
        return value;
    }
}
