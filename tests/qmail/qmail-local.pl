#!/usr/bin/perl
# qmail-local of qmail 1.03, as far as .qmail files with programs and maildirs go: what it sets, checks, says and answers is that of
# qmail-local.c, qmail-command(8) and dot-qmail(5). Forwards and mbox files are left out.
use strict;
use warnings;
use POSIX ();

$| = 1;
umask 077;
$SIG{PIPE} = 'IGNORE';

sub leave {
    my ($status, $text) = @_;
    print STDERR "$text\n";
    POSIX::_exit($status);
}

sub rewind {
    defined sysseek(STDIN, 0, 0) or leave(111, 'Unable to rewind message. (#4.3.0)');
}

shift @ARGV if @ARGV && $ARGV[0] eq '--';
my ($user, $home, $local, $dash, $ext, $host, $sender, $default) = @ARGV;
@ARGV == 8 && $home =~ m{^/} or leave(100, 'qmail-local: usage: qmail-local [ -nN ] user homedir local dash ext domain sender aliasempty');
chdir $home or leave(111, "Unable to switch to $home: $!. (#4.3.0)");
check_home();
set_environment();
refuse_loops();
follow(commands());
print 'did ', join('+', @main::count{qw(file forward program)}), "\n";
exit 0;

sub check_home {
    my $mode = (stat '.')[2];
    leave(111, 'Uh-oh: home directory is writable. (#4.7.0)') if $mode & 002;
    leave(111, 'Home directory is sticky: user is editing his .qmail file. (#4.2.1)') if $mode & 01000;
}

sub set_environment {
    my @ext = ($ext);
    push @ext, $ext[-1] =~ /-(.*)/s ? $1 : '' for 2 .. 4;
    my @host = ($host);
    push @host, $host[-1] =~ /(.*)\./s ? $1 : $host[-1] for 2 .. 4;
    my ($recipient, $path, $from) = ("$local\@$host", $sender, $sender);
    # quote2: a local part that is no dotted word stands in quotes.
    $path =~ s/^(.*)@/quoted($1) . '@'/es;
    $from =~ tr/ \t\n/---/;
    @ENV{qw(HOST HOME USER LOCAL RECIPIENT SENDER NEWSENDER)} = ($host, $home, $user, $local, $recipient, $sender, $sender);
    @ENV{qw(EXT EXT2 EXT3 EXT4)} = @ext;
    @ENV{qw(HOST2 HOST3 HOST4)} = @host[1 .. 3];
    $ENV{DTLINE} = one_line("Delivered-To: $recipient");
    $ENV{RPLINE} = one_line("Return-Path: <$path>");
    $ENV{UFLINE} = 'From ' . (length $from ? $from : 'MAILER-DAEMON') . POSIX::strftime(" %a %b %e %H:%M:%S %Y\n", gmtime);
}

sub quoted {
    my ($word) = @_;
    return $word if $word =~ m{^[\w!#\$%&'*+\-/=?^`{|}~]+(\.[\w!#\$%&'*+\-/=?^`{|}~]+)*$};
    $word =~ s/([\\"\r\n])/\\$1/g;
    return "\"$word\"";
}

sub one_line {
    my ($text) = @_;
    $text =~ tr/\n/_/;
    return "$text\n";
}

sub refuse_loops {
    rewind();
    my $header = '';
    while ($header !~ /(^|\n)\n/ && sysread STDIN, my $more, 1024) {
        $header .= $more;
    }
    $header =~ s/(^|\n)\n.*/$1/s;
    leave(100, 'This message is looping: it already has my Delivered-To line. (#5.4.6)') if "\n$header" =~ /\n\Q$ENV{DTLINE}\E/;
}

# The lines of the first .qmail file that is there, or the default delivery.
sub commands {
    my $safe = lc $ext;
    $safe =~ tr/./:/;
    my @names = ($safe);
    for (my $end = length $safe; $end >= 0; --$end) {
        push @names, substr($safe, 0, $end) . 'default' if !$end || substr($safe, $end - 1, 1) eq '-';
    }
    for my $name (@names) {
        open my $file, '<', ".qmail$dash$name" or next;
        leave(111, 'Uh-oh: .qmail file is writable. (#4.7.0)') if (stat $file)[2] & 002;
        $ENV{DEFAULT} = substr $ext, length($name) - 7 if $name =~ /default$/;
        my $commands = join '', <$file>;
        return length $commands ? $commands : $default;
    }
    leave(100, 'Sorry, no mailbox here by that name. (#5.1.1)') if length $dash;
    return $default;
}

sub follow {
    my @lines = split /\n/, shift;
    %main::count = (file => 0, forward => 0, program => 0);
    leave(111, 'Uh-oh: first line of .qmail file is blank. (#4.2.1)') if !@lines || $lines[0] =~ /^[ \t]*$/;
    for my $line (@lines) {
        $line =~ s/[ \t]+$//;
        next if $line =~ /^(#|$)/;
        if ($line =~ /^\|(.*)/s) {
            ++$main::count{program};
            last if program($1) == 99;
        } elsif ($line =~ m{^[./].*/$}s) {
            ++$main::count{file};
            maildir($line);
        } else {
            leave(111, "these tests know no forwards and no mbox files: $line");
        }
    }
}

sub program {
    my ($command) = @_;
    rewind();
    my $child = fork;
    defined $child or leave(111, "Unable to fork: $!. (#4.3.0)");
    if (!$child) {
        # perl ignores SIGFPE, qmail-local does not.
        @SIG{qw(PIPE FPE)} = ('DEFAULT', 'DEFAULT');
        exec '/bin/sh', '-c', $command or leave(111, "Unable to run /bin/sh: $!. (#4.3.0)");
    }
    waitpid $child, 0;
    leave(111, 'Aack, child crashed. (#4.3.0)') if $? & 127;
    my $status = $? >> 8;
    POSIX::_exit(100) if grep { $_ == $status } 100, 64, 65, 70, 76, 77, 78, 112;
    POSIX::_exit(111) if $status != 0 && $status != 99;
    return $status;
}

sub maildir {
    my ($folder) = @_;
    rewind();
    my $name = time . ".$$." . $main::count{file};
    my $fail = sub { leave(111, 'Temporary error on maildir delivery. (#4.3.0)') };
    open my $file, '>', "${folder}tmp/$name" or $fail->();
    print $file $ENV{RPLINE}, $ENV{DTLINE};
    while (sysread STDIN, my $some, 65536) {
        print $file $some;
    }
    close $file or $fail->();
    rename "${folder}tmp/$name", "${folder}new/$name" or $fail->();
}
