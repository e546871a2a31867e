using System.Runtime.InteropServices;

namespace RaftAkka.Tool.Up;

/// <summary>Turns the signals that ask a process to end into a token, so that it can put things in order first.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        Take(PosixSignal.SIGINT, 2);
        Take(PosixSignal.SIGTERM, 15);
        Take(PosixSignal.SIGHUP, 1);
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>The exit status by which shells tell that a signal ended a process.</summary>
    public int ExitStatus { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void Take(PosixSignal signal, int number) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (_stop.IsCancellationRequested) return;
            ExitStatus = 128 + number;
            _stop.Cancel();
        }));
}
