using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary><c>raftakka up</c> at a terminal: a pseudo-terminal of the <c>script</c> program.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string CtrlC = "\u0003";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task At_a_terminal_there_is_a_prompt_and_colour()
    {
        using var terminal = StartAtTerminal();
        await terminal.SaysAsync("raftakka> ");

        terminal.Type("put k \"a value\"");
        await terminal.SaysAsync("ok, revision 1");
        terminal.Type("get k");
        await terminal.SaysAsync("\na value\r\n");
        terminal.Type("get absent");
        await terminal.SaysAsync("absent: no such key");
        terminal.Type("exit");
        var ended = await terminal.EndedAsync();

        Assert.Equal(1, ended.Status);   // As in a script: a line has failed.
        Assert.Contains("\e[32mn", ended.Out, StringComparison.Ordinal);
        Assert.Empty(ProcessList.With(_folder.Path));
    }

    [SkippableFact]
    public async Task Ctrl_C_leaves_the_shell_and_no_server_behind()
    {
        using var terminal = StartAtTerminal();
        await terminal.SaysAsync("raftakka> ");

        terminal.Type(CtrlC);
        var ended = await terminal.EndedAsync();

        Assert.Equal(0, ended.Status);
        Assert.Empty(ProcessList.With(_folder.Path));
    }

    [SkippableFact]
    public async Task Colours_are_off_where_the_environment_says_so()
    {
        using var terminal = StartAtTerminal("NO_COLOR=1 ");
        await terminal.SaysAsync("raftakka> ");

        terminal.Type("exit");
        var ended = await terminal.EndedAsync();

        Assert.DoesNotContain("\e[32m", ended.Out, StringComparison.Ordinal);
    }

    private RunningTool StartAtTerminal(string environment = "")
    {
        try
        {
            // In the place of the shell that 'script' starts: that one would get Ctrl-C as well, and answer in its stead.
            var command = $"exec env {environment}{Built.Executable} up --nodes 1 --dir {_folder.Path}";
            return RunningTool.StartProgram("script", "-qec", command, "/dev/null");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new SkipException("script (of util-linux or bsdutils) is missing; it makes the pseudo-terminal");
        }
    }
}
